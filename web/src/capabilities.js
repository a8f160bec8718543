// What the server offers, read from the documents that every other client reads: WMS capabilities, OGC API's collections and landing page.

/** layers(fresh) resolves to [{name, title, model, modelTitle, theme, times, time, runs, elevation, member, styles, box, shown, unit}]. */
export async function layers(fresh = false) {
  const answer = await fetch('wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities', fresh ? { cache: 'no-cache' } : {}); // the first look is begun by the page itself
  if (!answer.ok) throw new Error(`the server answers ${answer.status} when asked for its layers`);
  const xml = new DOMParser().parseFromString(await answer.text(), 'text/xml');
  return [...xml.querySelectorAll('Layer')].filter(l => child(l, 'Name') && !l.querySelector(':scope > Layer')).map(read);
}

/** offers() resolves to what the server can do beyond maps: {processes: [names], events: bool, alerts: bool, streams: [ids]}. */
export async function offers() {
  const json = async path => (await fetch(path, { headers: { Accept: 'application/json' } })).json();
  const landing = await json('./?f=json'), has = end => landing.links.some(l => new URL(l.href, location.href).pathname.endsWith(end));
  const processes = has('/processes') ? (await json('processes?f=json')).processes.map(p => p.id) : [];
  const alerts = has('/alerts'), streams = alerts ? (await json('streams?f=json')).streams.map(s => s.id) : [];
  return { processes, events: has('/events'), alerts, streams };
}

/** places() resolves to the collections of places, alerts apart: [{id, title}]. */
export async function places() {
  const all = await (await fetch('collections?f=json')).json();
  return all.collections.filter(c => c.itemType === 'feature' && c.id !== 'alerts').map(c => ({ id: c.id, title: c.title }));
}

/** instances() resolves to the steps of each run of a layer, the newest run first: Map(run -> Set(times)). The view of each time's freshest is no run. */
export async function instances(name) {
  const answer = await fetch(`collections/${name}/instances?f=json`);
  if (!answer.ok) throw new Error(`${answer.status} for the runs of ${name}`);
  const all = (await answer.json()).instances.filter(i => i.id !== 'best').map(i => [i.id, new Set((i.extent?.temporal?.values ?? []).flatMap(expand))]);
  return new Map(all.sort((a, b) => (a[0] < b[0] ? 1 : -1)));
}

const child = (node, name) => [...node.children].find(c => c.localName === name);
const text = (node, name) => child(node, name)?.textContent.trim() ?? '';

function read(node) {
  const dims = {};
  for (const d of node.querySelectorAll(':scope > Dimension')) {
    dims[d.getAttribute('name').toLowerCase()] = { values: d.textContent.trim().split(','), initial: d.getAttribute('default'), unit: d.getAttribute('unitSymbol') || d.getAttribute('units') || '' };
  }
  const box = child(node, 'EX_GeographicBoundingBox'), abstract = text(node, 'Abstract'), name = text(node, 'Name');
  const [, shown, unit] = /Shown in (\S+); the values are in (\S+)\./.exec(abstract) ?? [];
  return {
    name, title: text(node, 'Title'), abstract, model: name.split('.')[0], modelTitle: group(node),
    theme: node.querySelector(':scope > KeywordList > Keyword')?.textContent ?? '',
    attribution: child(node, 'Attribution') ? text(child(node, 'Attribution'), 'Title') : '',
    times: dims.time ? dims.time.values.flatMap(expand) : [], time: dims.time?.initial,
    runs: (dims.reference_time?.values ?? []).flatMap(expand).sort().reverse(), elevation: dims.elevation, member: dims.member,
    styles: [...node.children].filter(c => c.localName === 'Style').map(s => ({ name: text(s, 'Name'), title: text(s, 'Title'), abstract: text(s, 'Abstract') })),
    box: box && ['westBoundLongitude', 'southBoundLatitude', 'eastBoundLongitude', 'northBoundLatitude'].map(n => Number(text(box, n))),
    shown, unit,
  };
}

/** group is the title of the layers above, the root left out. */
function group(node) {
  const names = [];
  for (let p = node.parentElement; p?.localName === 'Layer' && p.parentElement?.localName === 'Layer'; p = p.parentElement) names.unshift(text(p, 'Title'));
  return names.join(' · ');
}

const steps = 5000; // of an interval that are taken

/** after is a time one ISO 8601 period later. */
function after(time, period) {
  const m = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(period) ?? [];
  const [years, months, days, hours, minutes, seconds] = m.slice(1).map(v => Number(v ?? 0));
  const next = new Date(time);
  next.setUTCFullYear(time.getUTCFullYear() + years, time.getUTCMonth() + months, time.getUTCDate() + days);
  next.setTime(next.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1000);
  return next;
}

export const iso = time => new Date(time).toISOString().replace('.000Z', 'Z');

/** expand turns start/end/period and Rn/start/period into instants; an instant is itself. */
export function expand(part) {
  const repeated = /^R(\d+)\//.exec(part);
  const [start, second, third] = (repeated ? part.slice(repeated[0].length) : part).split('/');
  const period = repeated ? second : third;
  if (!period) return [start];
  const out = [], most = repeated ? Number(repeated[1]) : steps, stop = repeated ? Infinity : Date.parse(second);
  for (let t = new Date(start); t <= stop && out.length < Math.min(most, steps);) {
    out.push(iso(t));
    const next = after(t, period);
    if (!(next > t)) break;
    t = next;
  }
  return out;
}
