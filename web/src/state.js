// What is looked at: the layers shown with what was chosen for each, the time, the place. The page's address says all of it.

/** look is the whole view. layers: what is shown, the uppermost first; active: whose pickers and values are shown. A layer's run is '' while
 *  the newest is followed. unit '' is the unit that the layer is shown in. */
export const look = {
  layers: [], active: 0, time: '', projection: 'EPSG:3857', centre: null, zoom: null,
  point: null, particles: false, places: '', zone: 'utc', theme: '', lang: '',
  compare: '', split: 0.5, other: null, watch: '', pace: 2,
};

/** paces are how many steps a second may be played. */
export const paces = [1, 2, 5, 10];

/** modes are how two pictures can be compared: look.compare is one of them, or ''. look.other is then what the second one shows, {layer, run, time}:
 *  run '' follows the newest, time '' is the time of the first. look.split is where the divider stands. */
export const modes = ['swipe', 'beside'];

/** entry is one layer of the view, as it is chosen first. */
export const entry = (layer, kept = {}) => ({
  layer,
  style: layer.styles.some(s => s.name === kept.style) ? kept.style : layer.styles[0]?.name ?? '',
  level: layer.elevation?.values.includes(kept.level) ? kept.level : layer.elevation?.initial ?? '',
  member: layer.member?.values.includes(kept.member) ? kept.member : layer.member?.initial ?? '',
  run: layer.runs.includes(kept.run) ? kept.run : '',
  unit: kept.unit ?? '',
  opacity: kept.opacity ?? 85,
});

export const active = () => look.layers[look.active];

/** second is the entry of what is compared with the active layer, in the same style and level where it has them. */
export const second = () => (look.compare && look.other && active() ? { ...entry(look.other.layer, { ...active(), run: look.other.run }), time: look.other.time } : null);

const projections = { mercator: 'EPSG:3857', north: 'EPSG:3995', south: 'EPSG:3031', europe: 'EPSG:3035', plain: 'EPSG:4326' };
const named = code => Object.keys(projections).find(n => projections[n] === code);

/** address is the view as the part of an address behind #. What is as usual is left out. */
export function address() {
  const q = new URLSearchParams();
  q.set('layer', look.layers.map(e => e.layer.name).join());
  if (look.time) q.set('time', look.time);
  const each = (key, value, usual) => {
    const all = look.layers.map(value);
    if (all.some((v, i) => v !== usual(look.layers[i]))) q.set(key, all.join());
  };
  each('style', e => e.style, e => e.layer.styles[0]?.name ?? '');
  each('level', e => e.level, e => e.layer.elevation?.initial ?? '');
  each('member', e => e.member, e => e.layer.member?.initial ?? '');
  each('run', e => e.run, () => '');
  each('unit', e => e.unit, () => '');
  each('opacity', e => String(e.opacity), () => '85');
  if (look.active) q.set('active', look.active);
  if (look.projection !== 'EPSG:3857') q.set('map', named(look.projection));
  if (look.centre) { q.set('at', look.centre.map(v => v.toFixed(3)).join()); q.set('z', look.zoom.toFixed(2)); }
  if (look.point) q.set('point', look.point.map(v => v.toFixed(4)).join());
  if (look.particles) q.set('particles', '1');
  if (look.compare && look.other) {
    q.set('compare', look.compare);
    q.set('with', look.other.layer.name);
    if (look.other.run) q.set('withrun', look.other.run);
    if (look.other.time) q.set('withtime', look.other.time);
    if (look.split !== 0.5) q.set('split', Math.round(look.split * 100));
  }
  for (const key of ['watch', 'places', 'theme', 'lang']) if (look[key]) q.set(key, look[key]);
  if (look.pace !== 2) q.set('pace', look.pace);
  if (look.zone !== 'utc') q.set('zone', look.zone);
  return q.toString().replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/');
}

/** recall sets the view to what an address says; all: the layers that there are. What is there no more is left out. */
export function recall(hash, all) {
  const q = new URLSearchParams(hash);
  const column = key => (q.get(key) ?? '').split(',');
  const columns = Object.fromEntries(['style', 'level', 'member', 'run', 'unit', 'opacity'].map(k => [k, column(k)]));
  look.layers = column('layer').flatMap((name, i) => {
    const layer = all.find(l => l.name === name);
    if (!layer) return [];
    const kept = Object.fromEntries(Object.entries(columns).map(([k, values]) => [k, values[i]]));
    const opacity = kept.opacity ? Number(kept.opacity) : 85;
    return [entry(layer, { ...kept, opacity: opacity >= 0 && opacity <= 100 ? opacity : 85 })];
  });
  const numbers = (key, n) => {
    const v = column(key).map(Number);
    return q.has(key) && v.length === n && v.every(Number.isFinite) ? v : null;
  };
  look.active = Math.min(Number(q.get('active')) || 0, Math.max(look.layers.length - 1, 0));
  look.time = q.get('time') ?? '';
  look.projection = projections[q.get('map')] ?? 'EPSG:3857';
  look.centre = numbers('at', 2);
  look.zoom = look.centre ? Number(q.get('z')) || 3 : null;
  look.point = numbers('point', 2);
  look.pace = paces.includes(Number(q.get('pace'))) ? Number(q.get('pace')) : 2;
  look.watch = ['alerts', 'streams'].includes(q.get('watch')) ? q.get('watch') : '';
  look.particles = q.get('particles') === '1';
  look.places = q.get('places') ?? '';
  const other = all.find(l => l.name === q.get('with')), split = Number(q.get('split') ?? NaN);
  look.compare = other && modes.includes(q.get('compare')) ? q.get('compare') : '';
  look.other = look.compare ? { layer: other, run: other.runs.includes(q.get('withrun')) ? q.get('withrun') : '', time: q.get('withtime') ?? '' } : null;
  look.split = split >= 0 && split <= 100 ? split / 100 : 0.5;
  look.zone = q.get('zone') === 'local' ? 'local' : 'utc';
  look.theme = ['light', 'dark'].includes(q.get('theme')) ? q.get('theme') : '';
  look.lang = q.get('lang') ?? '';
}
