// Units that a value can be read in: each as a factor and an offset from the SI unit that the values are in.

const table = {
  K: [['degC', '°C', 1, -273.15], ['degF', '°F', 1.8, -459.67], ['K', 'K', 1, 0]],
  'm/s': [['kt', 'kt', 3600 / 1852, 0], ['km/h', 'km/h', 3.6, 0], ['m/s', 'm/s', 1, 0], ['mph', 'mph', 3600 / 1609.344, 0]],
  Pa: [['hPa', 'hPa', 0.01, 0], ['Pa', 'Pa', 1, 0]],
  'kg/m2': [['mm', 'mm', 1, 0], ['in', 'in', 1 / 25.4, 0]],
  m: [['m', 'm', 1, 0], ['ft', 'ft', 1 / 0.3048, 0]],
  'kg/m2/s': [['mm/h', 'mm/h', 3600, 0], ['kg/m2/s', 'kg/m²/s', 1, 0]],
};
const labels = { degC: '°C', degF: '°F', deg: '°', '%': '%', 'kg/m2': 'kg/m²', 'm2/s2': 'm²/s²', 1: '' };

export const unitLabel = name => labels[name] ?? name;

/** unitsOf lists [{name, label}] for values in an SI unit, the one that they are shown in first. */
export function unitsOf(layer) {
  const si = layer.unit ?? '', all = (table[si] ?? []).map(([name, label]) => ({ name, label }));
  if (!all.some(u => u.name === layer.shown)) return all.length || !layer.shown ? all : [{ name: layer.shown, label: unitLabel(layer.shown) }];
  return all.sort((a, b) => (b.name === layer.shown) - (a.name === layer.shown));
}

/** converter turns values from an SI unit: {label, of(value)}. What it does not know stays as it is. */
export function converter(si, wanted) {
  const row = (table[si] ?? []).find(([name]) => name === wanted);
  return row ? { name: row[0], label: row[1], of: v => v * row[2] + row[3], back: v => (v - row[3]) / row[2] } : { name: si, label: unitLabel(si), of: v => v, back: v => v };
}

/** text writes a number with four digits. */
export function digits(value) {
  if (!Number.isFinite(value)) return '–';
  const a = Math.abs(value), n = a >= 1000 ? 0 : a >= 100 ? 1 : a >= 1 ? 1 : a === 0 ? 0 : 3;
  return value.toFixed(n).replace('-', '−');
}
