// The list of layers, by model or theme, and the layers shown with their order and how far they can be seen through.
import { look } from './state.js';
import { t } from './words.js';

const $ = id => document.getElementById(id);
const make = (tag, properties = {}, ...children) => {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
};

/** makeChoices: choose(layer) replaces the active layer, add(layer) puts one on top, changed(kind) is called after the shown ones changed. */
export function makeChoices({ all, choose, add, changed, fade }) {
  function list() {
    const words = $('search').value.trim().toLowerCase().split(/\s+/).filter(Boolean), by = $('grouping').value;
    const found = all().filter(l => words.every(w => `${l.title} ${l.modelTitle} ${l.name} ${t(l.theme)}`.toLowerCase().includes(w)));
    const groups = new Map();
    for (const l of found) {
      const key = by === 'theme' ? t(l.theme) || t('other') : l.modelTitle;
      groups.set(key, [...groups.get(key) ?? [], l]);
    }
    const shown = new Set(look.layers.map(e => e.layer.name));
    $('layers').replaceChildren(...[...groups].flatMap(([title, ls]) => [make('h2', { textContent: title }), ...ls.map(l => {
      const name = by === 'theme' ? `${l.title} · ${l.modelTitle}` : l.title;
      const b = make('button', { textContent: name, title: l.name, onclick: () => choose(l) });
      b.dataset.name = l.name;
      b.setAttribute('aria-current', shown.has(l.name));
      const plus = make('button', { className: 'add', textContent: '+', title: t('addOnTop'), disabled: shown.has(l.name), onclick: () => add(l) });
      plus.setAttribute('aria-label', `${t('addOnTop')}: ${name}`);
      return make('div', { className: 'choice' }, b, plus);
    })]));
    if (!found.length) $('layers').append(make('p', { textContent: t('nothingFound') }));
  }

  function stack() {
    $('stack').hidden = look.layers.length < 1;
    $('stack').replaceChildren(...look.layers.map((e, i) => {
      const name = make('button', { className: 'name', textContent: e.layer.title, title: e.layer.name, onclick: () => { look.active = i; changed('active'); } });
      name.setAttribute('aria-current', i === look.active);
      const small = (text, key, onclick, disabled) => {
        const b = make('button', { textContent: text, title: t(key), onclick, disabled });
        b.setAttribute('aria-label', `${t(key)}: ${e.layer.title}`);
        return b;
      };
      const slider = make('input', { type: 'range', min: 0, max: 100, value: e.opacity, oninput: () => { e.opacity = Number(slider.value); fade(e); } });
      slider.setAttribute('aria-label', `${t('opacity')}: ${e.layer.title}`);
      return make('li', {}, name, make('div', { className: 'row' }, slider,
        small('↑', 'up', () => move(i, i - 1), i === 0), small('↓', 'down', () => move(i, i + 1), i === look.layers.length - 1),
        small('✕', 'remove', () => remove(i), look.layers.length === 1)));
    }));
  }

  function move(from, to) {
    const chosen = look.layers[look.active];
    look.layers.splice(to, 0, ...look.layers.splice(from, 1));
    look.active = look.layers.indexOf(chosen);
    changed('order');
  }
  function remove(i) {
    look.layers.splice(i, 1);
    look.active = Math.min(look.active > i ? look.active - 1 : look.active, look.layers.length - 1);
    changed('layers');
  }

  $('search').oninput = list;
  $('grouping').onchange = list;
  $('fold').onclick = () => { const c = $('choices'); c.hidden = !c.hidden; $('fold').setAttribute('aria-expanded', !c.hidden); };
  return { list, stack };
}

/** levelTitle names a level as people do. */
export const levelTitle = (value, unit) => (unit === 'Pa' ? `${value.split('/').map(v => v / 100).join('–')} hPa` : `${value.replace('/', '–')} ${unit}`.trim());

/** pickers offers what the active layer has more than one of. options: [{key, label, values: [{name, title}]}]. */
export function pickers(into, entry, options, changed) {
  into.replaceChildren(...options.filter(o => o.values.length > 1).map(({ key, label, values }) => {
    const s = make('select', { id: `pick-${key}`, onchange: () => { entry[key] = s.value; changed(key); } });
    s.append(...values.map(v => new Option(v.title, v.name, false, v.name === entry[key])));
    return make('label', {}, `${label} `, s);
  }));
}
