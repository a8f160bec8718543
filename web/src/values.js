// Numbers from the public services: EDR for places, processes for lines, areas and conditions.

/** edr is the address of values at a place. */
export function edr({ collection, run, at, parameters, level, member, time, format = 'CoverageJSON' }) {
  const q = new URLSearchParams({ coords: `POINT(${at.map(v => v.toFixed(4)).join(' ')})`, f: format });
  if (parameters) q.set('parameter-name', parameters.join());
  if (level) q.set('z', level);
  if (member) q.set('member', member);
  if (time) q.set('datetime', time);
  return `collections/${collection}/${run ? `instances/${run}/` : ''}position?${q}`;
}

/** read is the columns of CoverageJSON: [{name, title, unit, run, axis: 't'|'z', at: [...], values: [...]}]. */
export async function read(address) {
  const answer = await fetch(address);
  if (answer.status === 204 || answer.status === 404) return [];
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? `${answer.status}`);
  const doc = await answer.json();
  return (doc.coverages ?? [doc]).flatMap(c => Object.entries(c.ranges).map(([name, r]) => {
    const p = { ...doc.parameters, ...c.parameters }[name], axes = c.domain.axes, axis = r.axisNames?.find(a => axes[a]?.values.length > 1) ?? r.axisNames?.[0] ?? 't';
    return { name, title: p.observedProperty.label.en, unit: p.unit?.symbol?.value ?? '', run: c['isobar:run'] ?? doc['isobar:run'], axis, at: axes[axis]?.values ?? [], values: r.values.map(v => v ?? NaN) };
  }));
}

/** execute does a process and resolves to its one result: JSON, or a picture as a Blob. */
export async function execute(process, inputs, mediaType = 'application/geo+json') {
  const answer = await fetch(`processes/${process}/execution`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ inputs, outputs: { result: { format: { mediaType } } } }) });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? `${process}: ${answer.status}`);
  return mediaType.startsWith('image/') ? answer.blob() : answer.json();
}
