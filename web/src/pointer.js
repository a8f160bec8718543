// The value under the pointer, read from the data tiles: with two maps on both of them, under a divider that of its side.
import { valueAt } from './numbers.js';
import { picture } from './pictures.js';
import { active, look, second } from './state.js';
import { converter, digits } from './units.js';

const $ = id => document.getElementById(id);

/** makePointer: beside() is the second map, or null. attend(map) listens to the pointer over a map. */
export function makePointer({ view, beside, guarded }) {
  let waiting = 0, turn = 0;

  async function chip(id, e, at, pixel, time, mine) {
    const p = e && picture(e, time), v = p && await valueAt(p.name, p.query, view.toLonLat(at), view.map.getView().getZoom());
    if (mine !== turn) return;
    $(id).hidden = !v;
    if (!v) return;
    e.layer.unit ??= v.unit;
    const u = converter(v.unit, e.unit || e.layer.shown);
    $(id).textContent = `${digits(u.of(v.value))} ${u.label}`;
    Object.assign($(id).style, { left: `${pixel[0]}px`, top: `${pixel[1]}px` });
  }

  function hover({ coordinate, pixel }) {
    const mine = ++turn, other = second(), [x, y] = pixel, time = other?.time || look.time;
    if (beside()) return Promise.all([chip('value', active(), coordinate, pixel, look.time, mine), chip('valueOther', other, coordinate, [x + view.map.getSize()[0], y], time, mine)]);
    $('valueOther').hidden = true;
    return other && x > look.split * view.map.getSize()[0] ? chip('value', other, coordinate, pixel, time, mine) : chip('value', active(), coordinate, pixel, look.time, mine);
  }

  const hide = () => { clearTimeout(waiting); turn++; $('value').hidden = $('valueOther').hidden = true; };

  function attend(map) {
    map.on('pointermove', e => {
      clearTimeout(waiting);
      if (e.dragging || !active()) hide();
      else waiting = setTimeout(guarded(() => hover(e)), 30);
    });
    map.getViewport().addEventListener('mouseleave', hide);
  }
  return { attend };
}
