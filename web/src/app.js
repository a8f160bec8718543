// The viewer: what is chosen, shown on a map, with nothing but the services that everybody else has.
import { layers, offers, places } from './capabilities.js';
import { levelTitle, makeChoices, pickers } from './choices.js';
import { makeDrawing } from './draw.js';
import { makeMap } from './map.js';
import { makeFlow } from './flow.js';
import { flow, flowOf, forgetRuns, initialTime, know, learnRuns, nearest, otherPicture, picture, pictures } from './pictures.js';
import { makeNews } from './news.js';
import { makePointer } from './pointer.js';
import { makeStations } from './stations.js';
import { active, address, entry, look, modes, paces, recall, second } from './state.js';
import { label, makeTimebar } from './timebar.js';
import { converter, unitsOf } from './units.js';
import { language, languages, learn, speak, t } from './words.js';

const $ = id => document.getElementById(id);
const view = makeMap('map');
const drawing = makeDrawing(view);
const wind = makeFlow(view, $('flow'), () => darkNow()), stations = makeStations(view, () => house.offers.streams ?? []);
const house = { all: [], places: [], offers: { processes: [], events: false } };
const dark = matchMedia('(prefers-color-scheme: dark)');

function trouble(message) {
  $('trouble').textContent = message;
  $('trouble').hidden = !message;
}
const guarded = act => async (...all) => {
  try { return await act(...all); } catch (err) { if (err.name !== 'AbortError') trouble(err.message); }
};

const remember = () => history.replaceState(null, '', `#${address()}`);
const bar = makeTimebar({
  show: (time, then) => { remember(); return stage(time, () => { then(); shown(time); }); },
  preload: times => {
    const all = new Map();
    for (const [map, some] of times.flatMap(parts)) all.set(map, [...all.get(map) ?? [], ...some]);
    for (const [map, some] of all) map.preload(some);
  },
});

/** parts is which pictures each map shows at a time. */
function parts(time) {
  const beside = compare?.beside(), other = [otherPicture(time)].filter(Boolean);
  return beside ? [[view, pictures(time)], [beside, other]] : [[view, [...other, ...pictures(time)]]];
}

let staged = 0;
/** stage puts a time's pictures on screen, on all maps at once, when all are there; then() is called before the browser draws its next frame, and
 *  never if others were asked for meanwhile. */
async function stage(time, then) {
  const mine = ++staged, put = await Promise.all(parts(time).map(([map, all]) => map.ready(all)));
  if (mine !== staged) return;
  for (const now of put) now();
  then();
  if (!performance.getEntriesByName('first-map').length) performance.mark('first-map');
}

const { attend } = makePointer({ view, beside: () => compare?.beside(), guarded });
/** reached listens to clicks on a map: a place, or one of those shown, opens the numbers. */
function reached(map) {
  attend(map);
  map.on('singleclick', guarded(async e => { if (!drawing.busy()) { (await numbers()).at(stations.at(e.pixel)?.lonlat ?? view.toLonLat(e.coordinate)); remember(); } }));
}
reached(view.map);

let compare = null; // read when it is first wanted
async function comparing() {
  const { makeCompare } = await import('./compare.js');
  compare ??= makeCompare({ view, attend: reached, all: () => house.all, dark: () => darkNow(), moved: remember, changed: guarded(() => changed('compare')) });
  return compare;
}
for (const mode of modes) $(`${mode}Button`).onclick = guarded(async () => (await comparing()).choose(mode));
const choices = makeChoices({
  all: () => house.all, fade: e => fade(e),
  choose: guarded(layer => choose(layer)), add: guarded(layer => put(layer)), changed: guarded(kind => changed(kind)),
});

let panel = null; // of numbers: read when it is first wanted
async function numbers() {
  const { makePanel } = await import('./point.js');
  return panel ??= makePanel({
    all: () => house.all, offers: () => house.offers, places: () => house.places, dark: () => darkNow(), mark: drawing.mark, found: drawing.found, box,
    go: guarded(ms => { bar.play(false); return bar.go(nearest(bar.times(), ms)); }), closed: () => { remember(); $('map').focus({ preventScroll: true }); },
  });
}

let watching = null; // of alerts and streams: read when it is first wanted
async function watch() {
  const { makeWatch } = await import('./watch.js'), panel = await numbers();
  watching ??= makeWatch({
    panel, all: () => house.all, places: () => house.places, ask: drawn, box, mark: drawing.mark, found: drawing.found, bar,
    show: guarded(async id => {
      [house.offers, house.places] = await Promise.all([offers(), places()]); // the stream may be new
      look.places = id;
      settings();
      remember();
      await sites();
    }), changed: remember,
  });
  await watching.open();
}
$('watchButton').onclick = guarded(watch);

/** fade shows a layer as far seen through as it is to be, and what is compared with it alike. */
function fade(e) {
  const p = picture(e, look.time), other = e === active() && otherPicture(look.time);
  if (p) view.fade(p);
  if (other) (compare?.beside() ?? view).fade(other);
  remember();
}

/** choose replaces the active layer; what it can keep of the old one's choices it keeps. */
async function choose(layer) {
  const old = active(), other = old && old.layer.model !== layer.model;
  look.layers[look.active] = entry(layer, old ?? {});
  if (old && old.layer.unit !== layer.unit) active().unit = '';
  if (other) view.fit(layer.box, room());
  await changed('layers');
}

async function put(layer) {
  look.layers.unshift(entry(layer));
  look.active = 0;
  await changed('layers');
}

/** changed shows what was changed of the layers; the old pictures stay until the new ones are there. */
async function changed(kind) {
  if (kind !== 'active') bar.play(false);
  await learnRuns();
  choices.list();
  choices.stack();
  describe();
  choosable();
  legend();
  $('flowButton').hidden = !flowOf(house.all);
  bar.read();
  if (look.compare) await (await comparing()).arrange();
  if (kind !== 'active' || look.compare) await bar.go(look.time);
  remember();
}

/** describe names the active layer, its level and its run. */
function describe() {
  const e = active(), { layer } = e, p = picture(e, look.time);
  $('title').textContent = layer.title;
  document.title = `${layer.title} · Isobar`;
  const level = layer.elevation?.values.length === 1 ? levelTitle(layer.elevation.values[0], layer.elevation.unit) : '';
  const run = p?.run ? t(e.run ? 'runPinned' : 'runNamed', { run: label(p.run) }) : '';
  $('about').textContent = [layer.modelTitle, level, run, p ? '' : t('noStep'), layer.attribution].filter(Boolean).join(' · ');
}

/** choosable offers what can be chosen of the active layer. */
function choosable() {
  const e = active(), { layer } = e, levels = d => (d?.values ?? []).map(v => ({ name: v, title: levelTitle(v, d.unit) }));
  pickers($('pickers'), e, [
    { key: 'style', label: t('style'), values: layer.styles },
    { key: 'level', label: t('level'), values: levels(layer.elevation) },
    { key: 'member', label: t('member'), values: levels(layer.member) },
    { key: 'run', label: t('run'), values: [{ name: '', title: t('newest') }, ...layer.runs.map(r => ({ name: r, title: label(r) }))] },
    { key: 'unit', label: t('unit'), values: unitsOf(layer).map((u, i) => ({ name: i ? u.name : '', title: u.label })) },
  ], guarded(changed));
}

/** legend draws what matches the active layer's style, in the unit that is chosen. */
function legend() {
  const { layer, style, unit } = active();
  const q = new URLSearchParams({ SERVICE: 'WMS', VERSION: '1.3.0', REQUEST: 'GetLegendGraphic', LAYER: layer.name, STYLE: style, FORMAT: 'image/png', TRANSPARENT: 'TRUE', DARK: darkNow() });
  if (unit) q.set('UNITS', unit);
  $('legendImage').src = `wms?${q}`;
  $('legend').hidden = false;
  const other = second(), same = !other || (other.layer.unit === layer.unit && other.style === style && other.layer.shown === layer.shown);
  $('legendOther').hidden = same;
  if (!same) {
    Object.assign($('legendOther'), { src: `wms?${new URLSearchParams({ ...Object.fromEntries(q), LAYER: other.layer.name, STYLE: other.style, UNITS: '' })}` });
  }
}

/** shown is called when a time's pictures have come on screen. */
function shown() {
  trouble('');
  describe();
  compare?.tell();
  if (!bar.playing()) panel?.refresh();
  guarded(() => wind.show(flow(house.all, look.time)))();
  guarded(sites)();
}

/** box is what the map shows, in degrees. */
function box() {
  const [w, s, e, n] = view.map.getView().calculateExtent(), corners = [[w, s], [w, n], [e, s], [e, n]].map(view.toLonLat);
  const lons = corners.map(c => c[0]), lats = corners.map(c => c[1]), wide = look.projection === 'EPSG:3857' ? e - w >= 2 * 20037508 : look.projection !== 'EPSG:4326';
  return wide ? [-180, look.projection === 'EPSG:3857' ? Math.min(...lats) : -90, 180, look.projection === 'EPSG:3857' ? Math.max(...lats) : 90] : [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** sites shows the places that are chosen, with the active layer's values. */
function sites() {
  const e = active();
  return stations.show(look.places, picture(e, look.time), si => converter(si, e.unit || e.layer.shown), box().map(v => Number(v.toFixed(2))));
}

// ---- the panel of numbers

$('map').addEventListener('keydown', guarded(async e => {
  if (e.key === 'Enter') { (await numbers()).at(view.toLonLat(view.map.getView().getCenter())); remember(); }
}));
document.addEventListener('keydown', e => { if (e.key === 'Escape' && !drawing.busy() && !$('copy').open) panel?.close(); });

/** drawn asks for a shape on the map and resolves to its coordinates, or null. */
async function drawn(kind) {
  hint(t('drawHint'));
  const shape = await drawing.ask(kind);
  hint('');
  return shape;
}
for (const [id, kind, process] of [['lineButton', 'LineString', 'line'], ['areaButton', 'Polygon', 'area']]) {
  $(id).onclick = guarded(async () => {
    if ($(id).getAttribute('aria-pressed') === 'true') { drawing.stop(); return; }
    panel?.close();
    $(id).setAttribute('aria-pressed', true);
    const shape = await drawn(kind);
    $(id).setAttribute('aria-pressed', false);
    if (shape) (await numbers())[process](shape);
  });
}

$('flowButton').onclick = guarded(async () => {
  look.particles = !look.particles;
  $('flowButton').setAttribute('aria-pressed', look.particles);
  await bar.go(look.time);
});

$('more').onclick = () => $('more').setAttribute('aria-expanded', $('now').classList.toggle('open'));

/** hint tells for a while what can be done. */
function hint(text) {
  $('hint').textContent = text;
  $('hint').hidden = !text;
}

const room = () => (innerWidth > 700 ? [30, 60, 90, 300] : [60, 10, 130, 10]);

// ---- copy as

let share = null;
$('copyButton').onclick = guarded(async () => {
  const { makeShare } = await import('./share.js');
  share ??= makeShare(box);
  remember();
  share.open();
});
$('copyDo').onclick = guarded(async () => {
  const text = share.text();
  text.select();
  await navigator.clipboard?.writeText(text.value).catch(() => document.execCommand('copy')) ?? document.execCommand('copy'); // plain HTTP has no clipboard
  $('copyDone').textContent = t('copied');
});

// ---- theme, language, projection

const darkNow = () => (look.theme ? look.theme === 'dark' : dark.matches);
function paint() {
  document.documentElement.dataset.theme = darkNow() ? 'dark' : 'light';
  view.paint(darkNow());
  compare?.beside()?.paint(darkNow());
}
dark.onchange = () => { paint(); legend(); };

function settings() {
  const options = (id, values, value, act) => {
    $(id).replaceChildren(...values.map(([name, title]) => new Option(title, name, false, name === value)));
    $(id).onchange = guarded(() => act($(id).value));
  };
  options('projection', [['EPSG:3857', 'Mercator'], ['EPSG:4326', t('plain')], ['EPSG:3995', t('north')], ['EPSG:3031', t('south')], ['EPSG:3035', t('europe')]], look.projection, async code => {
    bar.play(false);
    look.projection = code;
    panel?.close();
    await view.project(code);
    await compare?.arrange();
    await bar.go(look.time);
  });
  options('places', [['', t('none')], ...house.places.map(p => [p.id, p.title])], look.places, id => { look.places = id; remember(); return sites(); });
  options('pace', paces.map(n => [String(n), t('aSecond', { n })]), String(look.pace), n => { look.pace = Number(n); remember(); });
  options('theme', [['', t('asSystem')], ['light', t('light')], ['dark', t('dark')]], look.theme, theme => { look.theme = theme; paint(); legend(); remember(); });
  options('lang', languages.map(l => [l, { en: 'English', fr: 'Français' }[l]]), language(), to => { look.lang = to; say(to); remember(); });
}

/** say changes the language of everything. */
function say(to) {
  speak(to);
  settings();
  bar.speak();
  if (!active()) return;
  choices.list();
  choices.stack();
  describe();
  choosable();
  compare?.speak();
  Object.assign($('instant'), { textContent: label(look.time) });
}

// ---- new runs are offered, never forced

/** take shows the new catalogue: layers that follow go to the newest run. */
async function take(all) {
  house.all = all;
  know(all);
  forgetRuns();
  look.layers = look.layers.map(e => ({ e, now: all.find(l => l.name === e.layer.name) })).filter(x => x.now).map(({ e, now }) => entry(now, e));
  if (look.other) look.other.layer = all.find(l => l.name === look.other.layer.name) ?? active().layer;
  await changed('layers');
}
const news = makeNews({ all: () => house.all, take, know: all => { house.all = all; know(all); choices.list(); }, events: () => house.offers.events, guarded });

// ---- start

/** appeal ranks layers for the first look: many times, and of those what people look for first. */
function appeal(layer) {
  const wanted = ['ws10', 't2m', 'msl', 'tp', 'ws', 't'], at = wanted.indexOf(layer.name.slice(layer.name.indexOf('.') + 1));
  return Math.min(layer.times.length, 24) * 10 + (at < 0 ? 0 : wanted.length - at);
}

async function start() {
  const hash = location.hash.slice(1);
  learn(new URLSearchParams(hash).get('lang'));
  house.all = await layers();
  know(house.all);
  recall(hash, house.all);
  $('flowButton').setAttribute('aria-pressed', look.particles);
  paint();
  settings();
  bar.speak();
  choices.list();
  if (innerWidth <= 700) $('fold').click();
  if (!house.all.length) { trouble(t('noLayers')); return; }
  if (!look.layers.length) look.layers = [entry(house.all.reduce((a, b) => (appeal(b) > appeal(a) ? b : a)))];
  if (!look.time) look.time = initialTime();
  const at = look.centre && { centre: look.centre, zoom: look.zoom };
  if (look.projection !== 'EPSG:3857') { await view.project(look.projection); settings(); }
  if (at) { view.map.getView().setCenter(view.fromLonLat(at.centre)); view.map.getView().setZoom(at.zoom); }
  else view.fit(active().layer.box, room());
  view.map.on('moveend', () => {
    const v = view.map.getView();
    Object.assign(look, { centre: view.toLonLat(v.getCenter()), zoom: v.getZoom() });
    remember();
    guarded(sites)();
  });
  await changed('layers');
  [house.offers, house.places] = await Promise.all([offers(), places()]);
  settings();
  $('lineButton').hidden = !house.offers.processes.includes('transect');
  $('areaButton').hidden = !house.offers.processes.includes('statistics');
  $('watchButton').hidden = !house.offers.alerts;
  if (look.watch && house.offers.alerts) await watch();
  else if (look.point) (await numbers()).at(look.point);
  news.listen();
}
window.addEventListener('hashchange', () => location.reload());
start().catch(err => trouble(t('cantRead', { why: err.message })));
