// What the server offers, read from its WMS capabilities: the same document that every other client reads.

/** layers() resolves to [{name, title, model, time: [...], reference, elevation, member, styles, box}]. */
export async function layers() {
  const answer = await fetch('wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities');
  if (!answer.ok) throw new Error(`the server answers ${answer.status} when asked for its layers`);
  const xml = new DOMParser().parseFromString(await answer.text(), 'text/xml');
  return [...xml.querySelectorAll('Layer')].filter(l => child(l, 'Name') && !l.querySelector(':scope > Layer')).map(read);
}

const child = (node, name) => [...node.children].find(c => c.localName === name);
const text = (node, name) => child(node, name)?.textContent.trim() ?? '';

function read(node) {
  const dims = {};
  for (const d of node.querySelectorAll(':scope > Dimension')) {
    dims[d.getAttribute('name').toLowerCase()] = { values: d.textContent.trim().split(','), initial: d.getAttribute('default'), unit: d.getAttribute('unitSymbol') || d.getAttribute('units') || '' };
  }
  const box = child(node, 'EX_GeographicBoundingBox');
  return {
    name: text(node, 'Name'), title: text(node, 'Title'), abstract: text(node, 'Abstract'),
    model: group(node), attribution: child(node, 'Attribution') ? text(child(node, 'Attribution'), 'Title') : '',
    times: dims.time ? dims.time.values.flatMap(expand) : [], time: dims.time?.initial,
    reference: dims.reference_time?.initial, elevation: dims.elevation, member: dims.member,
    styles: [...node.children].filter(c => c.localName === 'Style').map(s => ({ name: text(s, 'Name'), title: text(s, 'Title') })),
    box: box && ['westBoundLongitude', 'southBoundLatitude', 'eastBoundLongitude', 'northBoundLatitude'].map(n => Number(text(box, n))),
  };
}

/** group is the title of the layers above, the root left out. */
function group(node) {
  const names = [];
  for (let p = node.parentElement; p?.localName === 'Layer' && p.parentElement?.localName === 'Layer'; p = p.parentElement) names.unshift(text(p, 'Title'));
  return names.join(' · ');
}

/** expand turns start/end/period into instants; an instant is itself. */
function expand(part) {
  const [start, end, period] = part.split('/');
  if (!period) return [start];
  const m = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(period) ?? [];
  const [years, months, days, hours, minutes, seconds] = m.slice(1).map(v => Number(v ?? 0));
  const out = [], stop = Date.parse(end);
  for (let t = new Date(start); t <= stop && out.length < 5000;) {
    out.push(t.toISOString().replace('.000Z', 'Z'));
    const next = new Date(t);
    next.setUTCFullYear(t.getUTCFullYear() + years, t.getUTCMonth() + months, t.getUTCDate() + days);
    next.setTime(next.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1000);
    if (!(next > t)) break;
    t = next;
  }
  return out;
}
