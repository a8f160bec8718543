// The panel of numbers: of a place, along a line, or in an area.
import { alongTime, upward } from './chart.js';
import { levelTitle } from './choices.js';
import { picture, runOf, stepOf } from './pictures.js';
import { valueAt } from './numbers.js';
import { active, look } from './state.js';
import { label } from './timebar.js';
import { converter, digits } from './units.js';
import { edr, execute, read } from './values.js';
import { language, t } from './words.js';

const $ = id => document.getElementById(id);
const el = (tag, properties = {}, ...children) => {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
};
const usual = ['t2m', 'tp', 'ws10', 'gust', 'msl']; // elements shown at first beside the active one
const short = layer => layer.name.slice(layer.name.indexOf('.') + 1);
const dayLabel = ms => new Date(ms).toLocaleDateString(language(), { weekday: 'short', day: 'numeric', timeZone: 'UTC' });
const place = ([lon, lat]) => `${Math.abs(lat).toFixed(2)}° ${lat < 0 ? 'S' : 'N'}, ${Math.abs(lon).toFixed(2)}° ${lon < 0 ? (language() === 'fr' ? 'O' : 'W') : 'E'}`;

/** makePanel: go(time) shows a time; mark(features) draws on the map what is spoken of; found(features) shows places with a result. */
export function makePanel({ all, offers, places, go, mark, found, dark, closed, trouble }) {
  let tab = 'series', chosen = null, turn = 0, left = () => {}; // which elements are ticked: Set of short names; left: what is done when the panel is

  /** open shows something in the panel. tabs: [[key, title]], of which now is open and choose(key) opens another; away() is called when it is left. */
  function open(title, tabs, body, { now = tab, choose = key => { tab = key; place_(); }, away = () => {} } = {}) {
    const before = left;
    left = away;
    if (before !== away) before();
    $('point').hidden = false;
    $('pointTitle').textContent = title;
    const buttons = tabs.map(([key, title]) => {
      const b = el('button', { textContent: title, onclick: () => choose(key) });
      b.setAttribute('aria-pressed', key === now);
      return b;
    });
    $('pointBody').replaceChildren(...(tabs.length ? [el('div', { className: 'tabs' }, ...buttons)] : []), ...body);
  }

  function close() {
    turn++;
    if ($('point').hidden) return;
    $('point').hidden = true;
    left();
    left = () => {};
    look.point = null;
    mark([]);
    found([]);
    closed();
  }

  /** waits shows the words "reading" until what is made is there; of two that are asked for one after the other only the later is shown. */
  async function waits(into, make) {
    const mine = turn;
    into.replaceChildren(el('p', { textContent: t('loading') }));
    try {
      const made = await make();
      if (mine === turn) into.replaceChildren(...made);
    } catch (err) {
      if (mine === turn) into.replaceChildren(el('p', { textContent: err.message }));
    }
  }

  const unitOf = (layer, si) => converter(si, (layer?.name === active().layer.name && active().unit) || layer?.shown);

  /** at opens the panel for a place. */
  function at(lonlat) {
    look.point = lonlat;
    mark([{ type: 'Point', coordinates: lonlat }]);
    chosen = null;
    found([]);
    place_();
    $('point').focus();
  }

  function place_() {
    if (!look.point) return;
    turn++;
    const e = active(), tabs = [['series', t('series')]];
    if ((e.layer.elevation?.values.length ?? 0) > 1) tabs.push(['profile', t('profile')]);
    tabs.push(['meteogram', t('meteogram')]);
    if (offers().processes.includes('threshold')) tabs.push(['when', t('whenWhere')]);
    if (!tabs.some(([key]) => key === tab)) tab = 'series';
    const big = el('p', { className: 'big' }), body = el('div');
    open(t('pointAt', { place: place(look.point) }), tabs, [big, body]);
    now(big);
    ({ series, profile, meteogram, when })[tab](body);
  }

  async function now(into) {
    const e = active(), p = picture(e, look.time), v = p && await valueAt(p.name, p.query, look.point, 6), u = v && unitOf(e.layer, v.unit);
    into.textContent = v ? `${digits(u.of(v.value))} ${u.label}` : t('noValues');
    into.title = e.layer.title;
  }

  /** elements is the layers of the active one's model that have no levels, and itself. */
  function elements() {
    const e = active();
    return all().filter(l => l.model === e.layer.model && (l === e.layer || l.name === e.layer.name || !l.elevation || l.elevation.values.length === 1));
  }

  function series(into) {
    const e = active(), own = elements();
    chosen ??= new Set([...new Set([short(e.layer), ...usual.filter(n => own.some(l => short(l) === n))])].slice(0, 4));
    const charts = el('div');
    const picks = el('fieldset', { className: 'picks' }, el('legend', { textContent: t('elements') }), ...own.map(l => {
      const box = el('input', { type: 'checkbox', checked: chosen.has(short(l)), onchange: () => { box.checked ? chosen.add(short(l)) : chosen.delete(short(l)); draw(); } });
      return el('label', {}, box, ` ${l.title}`);
    }));
    const draw = () => waits(charts, () => drawSeries(e, own));
    into.replaceChildren(picks, charts);
    draw();
  }

  async function drawSeries(e, own) {
    const names = [...chosen].filter(n => n !== short(e.layer)), run = e.run;
    const asks = [];
    if (chosen.has(short(e.layer))) asks.push({ collection: e.layer.name, run, at: look.point, level: (e.layer.elevation?.values.length ?? 0) > 1 ? e.level : '', member: e.member });
    if (names.length) asks.push({ collection: e.layer.model, run, at: look.point, parameters: names });
    const columns = (await Promise.all(asks.map(a => read(edr(a))))).flat().filter(c => c.axis === 't' && c.at.length);
    if (!columns.length) return [el('p', { textContent: t('noValues') })];
    const all = columns.map(c => {
      const u = unitOf(own.find(l => short(l) === c.name), c.unit), times = c.at.map(Date.parse), values = c.values.map(u.of);
      const known = values.filter(Number.isFinite), summary = known.length ? `${t('min')} ${digits(Math.min(...known))}, ${t('max')} ${digits(Math.max(...known))} ${u.label}` : t('noValues');
      return { c, u, times, values, summary };
    });
    const charts = all.flatMap(({ c, u, times, values, summary }) => [
      el('h3', { textContent: `${c.title} (${u.label})` }),
      alongTime({ times, values, label: `${c.title}: ${summary}`, cursor: Date.parse(look.time), dayLabel, onpick: go }),
    ]);
    const links = asks.flatMap(a => ['CSV', 'CoverageJSON'].map(format => el('a', { href: edr({ ...a, format }), download: `${a.collection}.${format === 'CSV' ? 'csv' : 'covjson'}`, textContent: `${format} (${a.collection})` })));
    return [...charts, table(all), el('p', {}, `${t('save')}: `, ...links.flatMap(l => [l, ' ']))];
  }

  /** table is the same numbers for those who read them. */
  function table(columns) {
    const rows = [...new Set(columns.flatMap(x => x.c.at))].sort();
    const head = el('tr', {}, el('th', { scope: 'col', textContent: t('validTime') }), ...columns.map(x => el('th', { scope: 'col', textContent: `${x.c.title} (${x.u.label})` })));
    const body = rows.map(time => el('tr', {}, el('th', { scope: 'row', textContent: label(time) }), ...columns.map(x => el('td', { textContent: digits(x.values[x.c.at.indexOf(time)]) }))));
    return el('details', {}, el('summary', { textContent: t('table') }), el('div', { className: 'wide', tabIndex: 0, role: 'group', ariaLabel: t('table') }, el('table', {}, el('thead', {}, head), el('tbody', {}, ...body))));
  }

  function profile(into) {
    waits(into, async () => {
      const e = active(), step = stepOf(e, look.time), unit = e.layer.elevation.unit;
      const [c] = await read(edr({ collection: e.layer.name, run: runOf(e, step), at: look.point, time: step, member: e.member }));
      if (!c || c.axis !== 'z') return [el('p', { textContent: t('noValues') })];
      const u = unitOf(e.layer, c.unit), pascal = unit === 'Pa';
      return [el('h3', { textContent: `${c.title} (${u.label}), ${label(step)}` }),
        upward({ levels: c.at, values: c.values.map(u.of), label: c.title, falls: pascal, levelLabel: l => levelTitle(String(l), unit) })];
    });
  }

  const image = async (process, inputs, alt) => {
    const blob = await execute(process, { ...inputs, theme: dark() ? 'dark' : 'light' }, 'image/svg+xml');
    return el('img', { src: URL.createObjectURL(blob), alt, onload: e => URL.revokeObjectURL(e.target.src) });
  };
  const wkt = (kind, at) => (kind === 'POINT' ? `POINT(${at.join(' ')})` : kind === 'POLYGON' ? `POLYGON((${at[0].map(p => p.join(' ')).join()}))` : `LINESTRING(${at.map(p => p.join(' ')).join()})`);

  function meteogram(into) {
    waits(into, async () => {
      const e = active(), alt = `${t('meteogram')}, ${place(look.point)}, ${e.layer.modelTitle}`;
      if (offers().processes.includes('meteogram')) return [await image('meteogram', { coords: wkt('POINT', look.point), collection: e.layer.model, width: 620, ...(e.run && { run: e.run }) }, alt)];
      const [x, y] = look.point, q = new URLSearchParams({ SERVICE: 'WMS', VERSION: '1.3.0', REQUEST: 'GetTimeseries', LAYERS: e.layer.name, QUERY_LAYERS: e.layer.name, STYLES: e.style, CRS: 'CRS:84', BBOX: [x - 1, y - 1, x + 1, y + 1].join(), WIDTH: 101, HEIGHT: 101, I: 50, J: 50, INFO_FORMAT: 'image/svg+xml', TIME: `${e.layer.times[0]}/${e.layer.times.at(-1)}` });
      return [el('img', { src: `wms?${q}`, alt })];
    });
  }

  /** when asks for the times at which a condition holds, here and at named places. */
  function when(into) {
    const own = elements().filter(l => !l.elevation || l.elevation.values.length === 1), element = el('select', { ariaLabel: t('elements') }, ...own.map(l => new Option(l.title, l.name, false, l === active().layer)));
    const than = el('select', { ariaLabel: t('condition') }, ...['>', '>=', '<', '<='].map(o => new Option(o)));
    const number = el('input', { type: 'number', step: 'any', value: 10, ariaLabel: t('table') }), unit = el('span'), out = el('div');
    const u = () => unitOf(own.find(l => l.name === element.value), own.find(l => l.name === element.value)?.unit);
    const where = el('select', { ariaLabel: t('places') }, new Option(t('here'), ''), ...places().map(p => new Option(p.title, p.id)));
    const show = () => { unit.textContent = u().label; };
    element.onchange = show;
    show();
    const form = el('form', { onsubmit: e => { e.preventDefault(); find(); } }, t('condition'), element, than, number, unit, where, el('button', { textContent: t('find') }));
    const find = () => waits(out, async () => {
      const l = own.find(x => x.name === element.value), condition = `${short(l)} ${than.value} ${Number(u().back(Number(number.value)).toPrecision(8))}`;
      const inputs = { collection: l.model, when: condition, ...(active().run && { run: active().run }) };
      if (!where.value) return intervals((await execute('threshold', { ...inputs, coords: wkt('POINT', look.point) })).features[0]);
      const some = (await execute('threshold', { ...inputs, features: where.value })).features.filter(f => f.properties.true);
      found(some);
      some.sort((a, b) => b.properties.seconds - a.properties.seconds);
      return [el('p', { textContent: `${condition} · ${t('placesFound', { n: some.length })}` }), el('ol', {}, ...some.slice(0, 50).map(f => el('li', { textContent: `${f.properties.name ?? f.id}: ${t('hours', { n: Math.round(f.properties.seconds / 360) / 10 })}, ${label(f.properties.intervals[0][0])}` })))];
    });
    into.replaceChildren(form, out);
  }

  function intervals(f) {
    const list = f?.properties.intervals ?? [];
    if (!list.length) return [el('p', { textContent: t('never') })];
    return [el('p', { textContent: t('hours', { n: Math.round(f.properties.seconds / 360) / 10 }) }), el('ul', {}, ...list.map(([a, b]) => el('li', {}, el('button', { textContent: a === b ? label(a) : `${label(a)} – ${label(b)}`, onclick: () => go(Date.parse(a)) }))))];
  }

  /** line shows the active layer along a drawn line. */
  function line(coordinates) {
    const e = active(), step = stepOf(e, look.time), out = el('div');
    look.point = null;
    turn++;
    mark([{ type: 'LineString', coordinates }]);
    open(t('lineOf'), [], [out]);
    waits(out, async () => [el('h3', { textContent: `${e.layer.title}, ${label(step)}` }), await image('transect', { coords: wkt('LINESTRING', coordinates), collection: e.layer.name, datetime: step, width: 620, ...((e.layer.elevation?.values.length ?? 0) > 1 && { levels: 'all' }), ...(e.unit && { units: e.unit }), ...(e.run && { run: e.run }) }, `${t('lineOf')}: ${e.layer.title}`)]);
  }

  /** area shows the active layer's least, mean and greatest values in a drawn area. */
  function area(coordinates) {
    const e = active(), out = el('div');
    look.point = null;
    turn++;
    mark([{ type: 'Polygon', coordinates }]);
    open(t('areaOf'), [], [out]);
    waits(out, async () => {
      const r = await execute('statistics', { coords: wkt('POLYGON', coordinates), collection: e.layer.name, ...((e.layer.elevation?.values.length ?? 0) > 1 && { levels: Number(e.level) }), ...(e.run && { run: e.run }) });
      const s = Object.values(r.features[0].properties).find(p => p?.mean);
      if (!s) return [el('p', { textContent: t('noValues') })];
      const u = unitOf(e.layer, s.unit), times = s.forecastTime.map(Date.parse), at = s.forecastTime.indexOf(stepOf(e, look.time));
      return [el('p', { textContent: `${e.layer.title} (${u.label}) · ${Math.round(s.area / 1e6).toLocaleString(language())} km²` }),
        ...['min', 'mean', 'max'].flatMap(k => [el('h3', { textContent: `${t(k)}: ${digits(u.of(s[k][Math.max(at, 0)]))} ${u.label}` }), alongTime({ times, values: s[k].map(v => u.of(v ?? NaN)), label: t(k), cursor: Date.parse(look.time), dayLabel, onpick: go })])];
    });
  }

  $('pointClose').onclick = close;
  /** take begins something else than numbers of a place in the panel. */
  const take = () => { look.point = null; turn++; mark([]); found([]); };
  return { at, line, area, open, take, close, refresh: () => { if (!$('point').hidden && look.point) place_(); } };
}
