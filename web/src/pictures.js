// From what is chosen to what is asked for: each layer's step nearest to the time, its run, and the query of its picture.
import { instances, iso } from './capabilities.js';
import { active, look, second } from './state.js';

const runs = new Map(); // layer's name -> Map(run -> Set(times)), of layers that have several

/** learnRuns reads which steps each run of the shown layers has. */
export const learnRuns = () => Promise.all([...look.layers, ...(second() ? [second()] : [])].filter((e, i, all) => all.findIndex(o => o.layer === e.layer) === i).filter(e => e.layer.runs.length > 1 && !runs.has(e.layer.name)).map(async e => runs.set(e.layer.name, await instances(e.layer.name))));

/** forgetRuns is for when the catalogue has changed. */
export const forgetRuns = () => runs.clear();

/** timesOf is a layer's steps: of its run, if one is pinned. */
export function timesOf(e) {
  const own = e.run && runs.get(e.layer.name)?.get(e.run);
  return own ? [...own].sort() : e.layer.times;
}

/** timeline is the steps of all shown layers. */
export const timeline = () => [...new Set(look.layers.flatMap(timesOf))].sort();

/** stepOf is the step of a layer that stands for a time: the last one until then, unless the layer begins later or has ended. */
export function stepOf(e, time) {
  const times = timesOf(e);
  if (!times.length) return '';
  if (times.includes(time)) return time;
  const before = times.filter(t => t <= time).at(-1);
  const longest = Math.max(...times.slice(1).map((t, i) => Date.parse(t) - Date.parse(times[i])), 0);
  return before && Date.parse(time) - Date.parse(before) < longest ? before : null;
}

/** runOf is the run that a layer's step is of: the pinned one, or the newest that has it. */
export function runOf(e, step) {
  if (e.run) return e.run;
  for (const [run, times] of runs.get(e.layer.name) ?? []) if (times.has(step)) return run;
  return e.layer.runs[0] ?? '';
}

/** picture is {name, query, opacity} of a layer at a time, or null where it has none. */
export function picture(e, time) {
  const step = stepOf(e, time);
  if (step === null) return null;
  const q = new URLSearchParams(), run = runOf(e, step);
  if (step) q.set('time', step);
  if (run) q.set('run', run);
  if (e.style) q.set('style', e.style);
  if (e.level) q.set('elevation', e.level);
  if (e.member) q.set('member', e.member);
  return { name: e.layer.name, query: q.toString(), opacity: e.opacity, box: e.layer.box, step, run };
}

/** pictures is those of all shown layers, and barbs where particles may not move. */
export const pictures = time => [barbs(time), ...look.layers.map(e => picture(e, time))].filter(Boolean);

/** otherPicture is that of what is compared, on the other side: null if nothing is, or it has none at the time. */
export function otherPicture(time) {
  const e = second(), p = e && picture(e, e.time || time);
  return p && { ...p, side: 'b' };
}

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** flowOf is the entry of the eastward component that goes with the active layer, from its model; null if there is none. all: the layers. */
export function flowOf(all) {
  const e = active(), [, element] = /\.(.*)$/.exec(e.layer.name), own = name => all.find(l => l.name === `${e.layer.model}.${name}`);
  const partner = /^[uv]/.test(element) ? own(`u${element.slice(1)}`) : /^w[sd]/.test(element) ? own(`u${element.slice(2)}`) : null;
  const layer = partner ?? own('u10');
  return layer && own(`v${layer.name.split('.')[1].slice(1)}`) ? { ...e, layer, style: '', level: layer.elevation?.values.includes(e.level) ? e.level : layer.elevation?.initial ?? '' } : null;
}

/** flow is what particles are asked with at a time: null if they are not wanted, or may not move. */
export function flow(all, time) {
  const e = look.particles && !calm.matches ? flowOf(all) : null;
  return e && picture(e, time);
}

/** barbs stands for particles for those who want no motion. */
function barbs(time) {
  if (!look.particles || !calm.matches || !active()) return null;
  const e = flowOf(catalogue), speed = e && catalogue.find(l => l.name === e.layer.name.replace(/\.u/, '.ws'));
  return speed?.styles.some(s => s.name === 'wind-barbs') ? { ...picture({ ...e, layer: speed, style: 'wind-barbs' }, time), opacity: 100 } : null;
}

let catalogue = [];
export const know = all => { catalogue = all; };

/** nearest is the step of the timeline that is nearest to a time. */
export function nearest(times, wanted) {
  const at = typeof wanted === 'number' ? wanted : Date.parse(wanted);
  return times.reduce((a, b) => (Math.abs(Date.parse(b) - at) < Math.abs(Date.parse(a) - at) ? b : a), times[0] ?? '');
}

/** initialTime is the active layer's usual time. */
export const initialTime = () => (active() ? active().layer.time ?? timesOf(active())[0] ?? '' : iso(Date.now()));
