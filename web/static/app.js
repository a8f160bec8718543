// The viewer: layers by model, a time slider, the legend, and the value under the pointer.
/* global ol */
import { layers } from './capabilities.js';
import { makeMap } from './map.js';

const $ = id => document.getElementById(id);
const { map, show, preload, forget, fit } = makeMap('map');
const state = { all: [], layer: null, times: [], step: 0, style: '', elevation: '', member: '', playing: 0 };

function trouble(message) {
  $('trouble').textContent = message;
  $('trouble').hidden = !message;
}

// ---- requests

function dimensions(time) {
  const q = new URLSearchParams();
  if (time) q.set('time', time);
  if (state.style) q.set('style', state.style);
  if (state.elevation) q.set('elevation', state.elevation);
  if (state.member) q.set('member', state.member);
  return q;
}

const tiles = time => `xyz/${state.layer.name}/{z}/{x}/{y}${devicePixelRatio > 1.5 ? '@2x' : ''}.png?${dimensions(time)}`;

/** valueAt asks GetFeatureInfo for the middle of a small map around a place. */
async function valueAt([x, y], signal) {
  const r = 50.5 * map.getView().getResolution();
  const q = new URLSearchParams({ SERVICE: 'WMS', VERSION: '1.3.0', REQUEST: 'GetFeatureInfo', LAYERS: state.layer.name, QUERY_LAYERS: state.layer.name, STYLES: state.style, CRS: 'EPSG:3857', BBOX: [x - r, y - r, x + r, y + r].join(), WIDTH: 101, HEIGHT: 101, I: 50, J: 50, INFO_FORMAT: 'application/json' });
  if (state.times.length) q.set('TIME', state.times[state.step]);
  if (state.elevation) q.set('ELEVATION', state.elevation);
  if (state.member) q.set('DIM_MEMBER', state.member);
  const answer = await fetch(`wms?${q}`, { signal });
  if (!answer.ok) return null;
  return (await answer.json()).features[0]?.properties ?? null;
}

// ---- time

function label(time) {
  if (!time) return 'no time';
  return new Date(time).toLocaleString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }) + ' UTC';
}

async function step(to) {
  const n = Math.max(state.times.length, 1);
  state.step = ((to % n) + n) % n;
  $('slider').value = state.step;
  const time = state.times[state.step];
  $('slider').setAttribute('aria-valuetext', label(time));
  $('instant').ariaBusy = 'true'; // it names what is on screen, and this is not yet
  remember();
  await show(tiles(time), () => Object.assign($('instant'), { textContent: label(time), dateTime: time ?? '', ariaBusy: 'false' }));
}

function play(on) {
  clearTimeout(state.playing);
  state.playing = 0;
  $('play').textContent = on ? '❚❚' : '▶';
  $('play').setAttribute('aria-label', on ? 'Pause' : 'Play');
  if (!on) return;
  const next = async () => {
    await step(state.step + 1);
    if (!state.playing) return;
    preload(tiles(state.times[(state.step + 1) % state.times.length]));
    state.playing = setTimeout(next, 450);
  };
  state.playing = setTimeout(next, 0);
}

// ---- layers

function choose(layer, time) {
  play(false);
  forget();
  Object.assign(state, { layer, times: layer.times, style: layer.styles[0]?.name ?? '', elevation: layer.elevation?.initial ?? '', member: layer.member?.initial ?? '' });
  $('title').textContent = layer.title;
  const only = layer.elevation?.values.length === 1 ? levelTitle(layer.elevation.values[0], layer.elevation.unit) : '';
  $('about').textContent = [layer.model, only, layer.reference && `run ${label(layer.reference)}`, layer.attribution].filter(Boolean).join(' · ');
  $('slider').max = Math.max(layer.times.length - 1, 0);
  for (const id of ['slider', 'play']) $(id).disabled = layer.times.length < 2;
  for (const b of $('layers').querySelectorAll('button')) b.setAttribute('aria-current', b.dataset.name === layer.name);
  pickers(layer);
  legend();
  const at = layer.times.indexOf(time ?? layer.time);
  step(at < 0 ? 0 : at);
}

const levelTitle = (value, unit) => (unit === 'Pa' ? `${value / 100} hPa` : `${value} ${unit}`.trim());

/** pickers offers the styles, levels and members that the layer has more than one of. */
function pickers(layer) {
  $('pickers').replaceChildren();
  const offer = (name, key, options) => {
    if (options.length < 2) return;
    const l = document.createElement('label'), s = document.createElement('select');
    s.append(...options.map(o => new Option(o.title, o.name, false, o.name === state[key])));
    s.onchange = () => { state[key] = s.value; forget(); legend(); step(state.step); };
    l.append(name, ' ', s);
    $('pickers').append(l);
  };
  offer('Style', 'style', layer.styles);
  const levels = d => (d?.values ?? []).flatMap(v => v.includes('/') ? [] : [{ name: v, title: levelTitle(v, d.unit) }]);
  offer('Level', 'elevation', levels(layer.elevation));
  offer('Member', 'member', levels(layer.member));
}

function legend() {
  const q = new URLSearchParams({ SERVICE: 'WMS', VERSION: '1.3.0', REQUEST: 'GetLegendGraphic', LAYER: state.layer.name, STYLE: state.style, FORMAT: 'image/png', TRANSPARENT: 'TRUE', DARK: matchMedia('(prefers-color-scheme: dark)').matches });
  $('legendImage').src = `wms?${q}`;
  $('legend').hidden = false;
}

function list() {
  const wanted = $('search').value.trim().toLowerCase();
  const found = state.all.filter(l => !wanted || `${l.title} ${l.model} ${l.name}`.toLowerCase().includes(wanted));
  const byModel = Map.groupBy ? Map.groupBy(found, l => l.model) : found.reduce((m, l) => m.set(l.model, [...(m.get(l.model) ?? []), l]), new Map());
  $('layers').replaceChildren(...[...byModel].flatMap(([model, ls]) => {
    const h = document.createElement('h3');
    h.textContent = model;
    return [h, ...ls.map(l => {
      const b = document.createElement('button');
      Object.assign(b, { textContent: l.title, title: l.name, onclick: () => { const other = state.layer?.model !== l.model; choose(l); if (other) fit(l.box); } });
      b.dataset.name = l.name;
      b.setAttribute('aria-current', l === state.layer);
      return b;
    })];
  }));
}

// ---- what the address says, so that a link opens the same layer and time

function remember() {
  const q = new URLSearchParams({ layer: state.layer.name });
  if (state.times.length) q.set('time', state.times[state.step]);
  history.replaceState(null, '', `#${q}`);
}

/** appeal ranks layers for the first look: many times, and of those what people look for first. */
function appeal(layer) {
  const wanted = ['ws10', 't2m', 'msl', 'tp', 'ws', 't'];
  const at = wanted.indexOf(layer.name.slice(layer.name.indexOf('.') + 1));
  return Math.min(layer.times.length, 24) * 10 + (at < 0 ? 0 : wanted.length - at);
}

async function start() {
  state.all = await layers();
  list();
  if (!state.all.length) { trouble('The server has no layers yet. Reload when its files have been read.'); return; }
  const asked = new URLSearchParams(location.hash.slice(1));
  const first = state.all.find(l => l.name === asked.get('layer')) ?? state.all.reduce((a, b) => (appeal(b) > appeal(a) ? b : a));
  choose(first, asked.get('time'));
  fit(first.box);
}

let pending = null, waiting = 0;
map.on('pointermove', e => {
  clearTimeout(waiting);
  pending?.abort();
  $('value').hidden = true;
  if (e.dragging || !state.layer) return;
  waiting = setTimeout(async () => {
    pending = new AbortController();
    try {
      const p = await valueAt(e.coordinate, pending.signal);
      if (!p || p.value === null || p.value === undefined) return;
      $('value').textContent = `${Number(p.value).toPrecision(4).replace(/\.?0+$/, m => (m.includes('.') ? '' : m))} ${(p.unit ?? '').replace('deg', '°')}`;
      Object.assign($('value').style, { left: `${e.pixel[0]}px`, top: `${e.pixel[1]}px` });
      $('value').hidden = false;
    } catch (err) { if (err.name !== 'AbortError') trouble(err.message); }
  }, 80);
});
map.getViewport().addEventListener('mouseleave', () => { clearTimeout(waiting); $('value').hidden = true; });
$('slider').oninput = () => { play(false); step(Number($('slider').value)); };
$('play').onclick = () => play(!state.playing);
$('search').oninput = list;
$('fold').onclick = () => { const c = $('choices'); c.hidden = !c.hidden; $('fold').setAttribute('aria-expanded', !c.hidden); };
document.addEventListener('keydown', e => {
  if (/^(INPUT|SELECT|TEXTAREA|BUTTON)$/.test(e.target.tagName) || state.times.length < 2) return;
  if (e.key === ' ') { e.preventDefault(); play(!state.playing); }
  if (e.key === ',' || e.key === '[') step(state.step - 1);
  if (e.key === '.' || e.key === ']') step(state.step + 1);
});
start().catch(err => trouble(`The layers can't be read: ${err.message}`));
