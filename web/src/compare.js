// Two pictures compared: one beside the other, or under a divider that is drawn over the map. The second has its own layer, run and time.
import { makeMap } from './map.js';
import { otherPicture, picture, timesOf } from './pictures.js';
import { active, look, modes, second } from './state.js';
import { label } from './timebar.js';
import { t } from './words.js';

const $ = id => document.getElementById(id);
const make = (tag, properties = {}, ...children) => {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
};
const short = layer => layer.name.slice(layer.name.indexOf('.') + 1);

/** rival is what is compared first: the same layer's run before, else the same element of another model, else the layer a day on. */
function rival(all) {
  const { layer } = active(), twin = all.find(l => l !== layer && short(l) === short(layer));
  if (layer.runs.length > 1) return { layer, run: layer.runs[1], time: '' };
  if (twin) return { layer: twin, run: '', time: '' };
  const times = timesOf(active()), day = times.find(x => Date.parse(x) >= Date.parse(look.time) + 864e5);
  return { layer, run: '', time: day ?? times.at(-1) ?? '' };
}

/** makeCompare: all() lists the layers; changed() shows what was changed; moved() is called when the divider was. */
export function makeCompare({ view, all, changed, moved, dark, attend }) {
  let beside = null; // the second map, once it is wanted

  /** arrange lays out the page for the mode that is chosen. */
  async function arrange() {
    const mode = look.compare;
    document.body.dataset.compare = mode;
    $('map2').hidden = mode !== 'beside';
    $('divider').hidden = !mode;
    $('divider').tabIndex = mode === 'swipe' ? 0 : -1;
    $('divider').setAttribute('role', mode === 'swipe' ? 'slider' : 'separator');
    for (const id of ['sideA', 'sideB']) $(id).hidden = !mode;
    for (const m of modes) $(`${m}Button`).setAttribute('aria-pressed', m === mode);
    $('compareWith').hidden = !mode;
    view.divide(mode === 'swipe' ? look.split : null);
    place();
    if (mode === 'beside') {
      if (!beside) { beside = makeMap('map2', view); attend(beside.map); }
      beside.paint(dark());
      if (beside.code() !== view.code() || beside.map.getView() !== view.map.getView()) await beside.project(view.code());
    }
    view.map.updateSize();
    beside?.map.updateSize();
    pick();
  }

  /** place puts the divider, and the words on both sides, where it stands. */
  function place() {
    const at = look.compare === 'beside' ? 0.5 : look.split;
    document.body.style.setProperty('--split', `${at * 100}%`);
    $('divider').setAttribute('aria-valuenow', Math.round(at * 100));
  }

  function split(to) {
    look.split = Math.round(Math.max(0, Math.min(1, to)) * 1000) / 1000;
    place();
    view.divide(look.split);
    moved();
  }

  /** pick offers what the second picture can show. */
  function pick() {
    const e = second();
    if (!e) { $('compareWith').replaceChildren(); return; }
    const twins = all().filter(l => short(l) === short(active().layer)), others = new Map();
    for (const l of all()) if (!twins.includes(l)) others.set(l.modelTitle, [...others.get(l.modelTitle) ?? [], l]);
    const select = (id, words, options, value, act) => {
      const s = make('select', { id, onchange: () => { act(s.value); arrange().then(changed); } });
      s.append(...options);
      s.value = value;
      return make('label', {}, `${words} `, s);
    };
    const option = (l, title) => new Option(title, l.name);
    const group = (title, ls, name) => { const g = make('optgroup', { label: title }); g.append(...ls.map(l => option(l, name(l)))); return g; };
    const layers = [group(t('sameElement'), twins, l => l.modelTitle), ...[...others].map(([model, ls]) => group(model, ls, l => `${l.title} · ${model}`))];
    const runs = [new Option(t('newest'), ''), ...e.layer.runs.map(r => new Option(label(r), r))];
    const times = [new Option(t('sameTime'), ''), ...timesOf(e).map(x => new Option(label(x), x))];
    $('compareWith').replaceChildren(
      select('otherLayer', t('with'), layers, e.layer.name, name => {
        const layer = all().find(l => l.name === name);
        look.other = { layer, run: '', time: layer.times.includes(look.time) || !layer.times.length ? '' : layer.times[0] };
      }),
      select('otherRun', t('run'), runs, look.other.run, run => { look.other.run = run; }),
      select('otherTime', t('timeBar'), times, look.other.time, time => { look.other.time = time; }));
  }

  /** choose sets the mode: the one that is chosen already ends comparing. */
  async function choose(mode) {
    look.compare = look.compare === mode ? '' : mode;
    if (look.compare) look.other ??= rival(all());
    else look.other = null;
    await arrange();
    await changed();
  }

  /** tell names what is seen on both sides. */
  function tell() {
    const e = second();
    if (!e) return;
    const words = (x, p, time) => [x.layer.title, x.layer.modelTitle, p?.run ? t('runNamed', { run: label(p.run) }) : '', p ? label(p.step || time) : t('noStep')].filter(Boolean);
    const a = words(active(), picture(active(), look.time), look.time), b = words(e, otherPicture(look.time), look.time);
    const apart = a.map((w, i) => w !== b[i]); // what is the same on both sides need not be read twice
    const write = (id, all) => $(id).replaceChildren(...all.filter((_, i) => apart[i] || i === 3).map((w, i) => make(i ? 'span' : 'b', { textContent: w })));
    write('sideA', a);
    write('sideB', b);
  }

  const divider = $('divider'), steps = { ArrowLeft: -0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowUp: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
  divider.onkeydown = e => {
    if (!(e.key in steps) || look.compare !== 'swipe') return;
    e.preventDefault();
    split(look.split + steps[e.key]);
  };
  divider.onpointerdown = e => { if (look.compare === 'swipe') { divider.setPointerCapture(e.pointerId); divider.focus(); e.preventDefault(); } };
  divider.onpointermove = e => { if (divider.hasPointerCapture(e.pointerId)) split(e.clientX / innerWidth); };
  addEventListener('resize', () => { if (look.compare) { place(); view.map.updateSize(); beside?.map.updateSize(); } });

  const speak = () => { pick(); tell(); };
  return { arrange, choose, tell, speak, beside: () => (look.compare === 'beside' ? beside : null) };
}
