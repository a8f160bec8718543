// Small charts as SVG: values along time, or up through the levels.

const svg = (tag, attributes, ...children) => {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
};

/** ticks is four or five round numbers over a range. */
export function ticks(low, high) {
  if (!(high > low)) return [low];
  const raw = (high - low) / 4, power = 10 ** Math.floor(Math.log10(raw)), unit = [1, 2, 2.5, 5, 10].find(m => m * power >= raw) * power;
  const out = [];
  for (let v = Math.ceil(low / unit) * unit; v <= high + unit * 1e-6; v += unit) out.push(Number(v.toPrecision(10)));
  return out;
}

const range = values => {
  const known = values.filter(Number.isFinite);
  if (!known.length) return [0, 1]; // an empty chart has no less
  const low = Math.min(...known), high = Math.max(...known), pad = (high - low) * 0.06 || 1;
  return [low - pad, high + pad];
};

/** draw makes a line of points [x, y]; across and up are axes {low, high, ticks: [[value, text]]}; cursor is an x; onpick(x) is called at a click.
 *  A value that is no number is a gap. */
function draw({ points, across, up, label, cursor, onpick, height, left = 46 }) {
  const w = 420, h = height, right = 12, top = 8, bottom = 22;
  const px = x => left + (x - across.low) / (across.high - across.low || 1) * (w - left - right);
  const py = y => h - bottom - (y - up.low) / (up.high - up.low || 1) * (h - top - bottom);
  const root = svg('svg', { class: 'chart', viewBox: `0 0 ${w} ${h}`, role: 'img', 'aria-label': label });
  for (const [v, text] of up.ticks) root.append(svg('line', { class: 'grid', x1: left, x2: w - right, y1: py(v), y2: py(v) }), svg('text', { x: left - 6, y: py(v) + 4, 'text-anchor': 'end' }, text));
  for (const [v, text] of across.ticks) root.append(svg('line', { class: 'grid', x1: px(v), x2: px(v), y1: top, y2: h - bottom }), svg('text', { x: px(v), y: h - 6, 'text-anchor': px(v) > w - 30 ? 'end' : 'middle' }, text));
  let path = '', pen = false;
  for (const [x, y] of points) {
    const known = Number.isFinite(x) && Number.isFinite(y);
    if (known) path += `${pen ? 'L' : 'M'}${px(x).toFixed(1)} ${py(y).toFixed(1)}`;
    pen = known;
  }
  root.append(svg('path', { class: 'line', d: path }));
  for (const [x, y] of points.length <= 60 ? points : []) if (Number.isFinite(x + y)) root.append(svg('circle', { class: 'dot', cx: px(x), cy: py(y), r: 2.6 }));
  if (cursor >= across.low && cursor <= across.high) root.append(svg('line', { class: 'cursor', x1: px(cursor), x2: px(cursor), y1: top, y2: h - bottom }));
  if (onpick) root.onclick = e => {
    const box = root.getBoundingClientRect();
    onpick(across.low + ((e.clientX - box.left) / box.width * w - left) / (w - left - right) * (across.high - across.low));
  };
  return root;
}

/** alongTime draws a series; times in ms; dayLabel(ms) writes a day. */
export function alongTime({ times, values, label, cursor, onpick, dayLabel }) {
  const low = times[0], high = times.at(-1), day = 86400e3, days = [], [least, most] = range(values);
  const every = Math.max(1, Math.ceil((high - low) / day / 7));
  for (let d = Math.ceil(low / day) * day; d <= high; d += day * every) days.push([d, dayLabel(d)]);
  return draw({ points: times.map((t, i) => [t, values[i]]), across: { low, high: high > low ? high : low + 1, ticks: days }, up: { low: least, high: most, ticks: ticks(least, most).map(v => [v, String(v)]) }, label, cursor, onpick, height: 130 });
}

/** upward draws a profile; levels in their own unit, and whether they fall upwards (pressure). */
export function upward({ levels, values, label, falls, levelLabel }) {
  const [least, most] = range(values), f = falls ? v => -Math.log(v) : v => v, ys = levels.map(f);
  const [low, high] = range(ys);
  return draw({ points: values.map((v, i) => [v, ys[i]]), across: { low: least, high: most, ticks: ticks(least, most).map(v => [v, String(v)]) }, up: { low, high, ticks: levels.map((l, i) => [ys[i], levelLabel(l)]).filter((_, i) => levels.length < 14 || i % Math.ceil(levels.length / 12) === 0) }, label, height: 330, left: 66 });
}
