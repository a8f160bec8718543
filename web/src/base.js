// The ground under the maps: land, lakes, rivers, coasts, borders and the graticule, from Natural Earth, in any projection of the viewer.
/* global ol */

const R = Math.PI / 180;

/** projections are those the map can be drawn in: which latitudes they have, what their map covers, where it starts. */
export const projections = {
  'EPSG:3857': { south: -85, north: 85, round: true },
  'EPSG:4326': { south: -90, north: 90, round: true },
  'EPSG:3995': { south: -40, north: 90, def: '+proj=stere +lat_0=90 +lat_ts=71 +lon_0=0 +datum=WGS84 +units=m', extent: [-1.2e7, -1.2e7, 1.2e7, 1.2e7], near: [0, 90, 90] },
  'EPSG:3031': { south: -90, north: 40, def: '+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=0 +datum=WGS84 +units=m', extent: [-1.2e7, -1.2e7, 1.2e7, 1.2e7], near: [0, -90, 90] },
  'EPSG:3035': { south: -90, north: 90, def: '+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m', extent: [1e5, -1e6, 9.5e6, 8e6], near: [10, 52, 75] },
};

let proj4Asked;
/** known makes a projection known to OpenLayers; those that it lacks are read when they are first wanted. */
export async function known(code) {
  const p = projections[code];
  if (!p.def || ol.proj.get(code)) return;
  proj4Asked ??= new Promise((done, failed) => document.head.append(Object.assign(document.createElement('script'), { src: 'viewer/vendor/proj4.js', onload: done, onerror: failed })));
  await proj4Asked;
  window.proj4.defs(code, p.def);
  ol.proj.proj4.register(window.proj4);
  ol.proj.get(code).setExtent(p.extent);
}

const files = {}; // as text: OpenLayers' reader changes what it is given
async function topology(name) {
  files[name] ??= fetch(`viewer/vendor/${name}.json`).then(a => a.text());
  return JSON.parse(await files[name]);
}

/** countries reads the coastlines and borders. On maps that go round the Earth, rings that cross 180 degrees go on beyond it, and one around
 *  a pole is closed there: as the file has them, they would be torn right across the map. */
async function countries(code, name) {
  const p = projections[code];
  const all = new ol.format.TopoJSON({ layers: ['countries'] }).readFeatures(await topology(name));
  return all.filter(f => {
    const g = f.getGeometry(), c = g.getCoordinates();
    const put = p.round ? ring => unrolled(ring, p) : ring => held(ring, p);
    const polygons = (g.getType() === 'Polygon' ? [c] : c).filter(poly => !p.near || poly[0].some(at => within(at, p.near))).map(poly => poly.map(put));
    if (!polygons.length) return false;
    f.setGeometry(new ol.geom.MultiPolygon(polygons).transform('EPSG:4326', code));
    return true;
  });
}

/** waters reads the lakes and the rivers. None of them crosses 180 degrees. */
async function waters(code, name) {
  const p = projections[code], seen = at => !p.near || within(at, p.near);
  const read = async (layer, as) => new ol.format.TopoJSON({ layers: [layer] }).readFeatures(await topology(name)).map(f => f.getGeometry().getCoordinates()).map(as);
  const features = geometries => geometries.map(g => new ol.Feature(g.transform('EPSG:4326', code)));
  const lakes = (await read('lakes', rings => rings)).filter(rings => seen(rings[0][0])).map(rings => new ol.geom.Polygon(rings));
  const rivers = (await read('rivers', line => (Array.isArray(line[0][0]) ? line : [line]))).flat().flatMap(line => (p.near ? split(line, seen) : [line])).map(line => new ol.geom.LineString(line));
  return { lakes: features(lakes), rivers: features(rivers) };
}

/** within says whether a place is no more than some degrees from another. */
function within([lon, lat], [lon0, lat0, degrees]) {
  return Math.sin(lat * R) * Math.sin(lat0 * R) + Math.cos(lat * R) * Math.cos(lat0 * R) * Math.cos((lon - lon0) * R) > Math.cos(degrees * R);
}

const held = (ring, p) => ring.map(([x, y]) => [x, Math.max(p.south, Math.min(p.north, y))]);

/** unrolled is a ring of degrees without jumps of a whole turn. */
function unrolled(ring, p) {
  let turn = 0;
  const out = ring.map(([x, y], i) => {
    if (i > 0) turn -= 360 * Math.round((x - ring[i - 1][0]) / 360);
    return [x + turn, Math.max(p.south, Math.min(p.north, y))];
  });
  const [first, last] = [out[0], out[out.length - 1]];
  if (Math.abs(last[0] - first[0]) > 180) {
    const pole = first[1] < 0 ? p.south : p.north;
    out.push([last[0], pole], [first[0], pole], first);
  }
  return out;
}

/** graticule is meridians and parallels every so many degrees. */
function graticule(code, every) {
  const p = projections[code], lines = [];
  const south = p.near ? Math.max(p.south, p.near[1] - p.near[2]) : p.south, north = p.near ? Math.min(p.north, p.near[1] + p.near[2]) : p.north;
  const along = (n, at) => Array.from({ length: n + 1 }, (_, i) => at(i / n));
  for (let lon = -180; lon <= 180; lon += every) lines.push(along(90, t => [lon, south + (north - south) * t]));
  for (let lat = -90 + every; lat < 90; lat += every) if (lat >= south && lat <= north) lines.push(along(180, t => [-180 + 360 * t, lat]));
  const seen = lines.flatMap(line => (p.near ? split(line, at => within(at, p.near)) : [line]));
  return new ol.Feature(new ol.geom.MultiLineString(seen).transform('EPSG:4326', code));
}

/** split cuts a line to its parts that pass. */
function split(line, pass) {
  const out = [[]];
  for (const at of line) pass(at) ? out.at(-1).push(at) : out.at(-1).length && out.push([]);
  return out.filter(l => l.length > 1);
}

const colours = { // a pale casing shows coasts on dark pictures; rivers and shores are seen on the land and on every picture over it
  light: { land: '#f4f1e8', sea: '#dfe8ee', coast: '#1b2730b0', casing: '#ffffff48', water: '#2a6496b0', grid: '#33445530' },
  dark: { land: '#22313b', sea: '#0f1a22', coast: '#0b1218c8', casing: '#ffffff40', water: '#3d7fb0c0', grid: '#c8d8e830' },
};

/** makeBase gives the layers of the ground, and draw(code, dark, fine, wet) which draws them for a projection: wet with lakes and rivers. */
export function makeBase() {
  const held = { land: [], lake: [], river: [], grid: [] }; // features, each of which tells which it is
  const under = new ol.source.Vector(), over = new ol.source.Vector();
  const layers = [[under, 0], [over, 90]].map(([source, zIndex]) => [new ol.layer.VectorImage({ source, zIndex }), new ol.layer.Vector({ source, zIndex, visible: false })]);
  let drawn = '', poured = '', painted = null; // what theme is painted

  /** hold takes features of one kind instead of those before. */
  function hold(kind, features) {
    for (const f of features) f.set('kind', kind, true);
    held[kind] = features;
    for (const [source, kinds] of [[under, ['land', 'lake']], [over, ['lake', 'river', 'grid', 'land']]]) {
      if (!kinds.includes(kind)) continue;
      source.clear(true);
      source.addFeatures(kinds.flatMap(k => held[k]));
    }
  }

  function paint(dark) {
    if (painted === dark) return;
    painted = dark;
    const c = dark ? colours.dark : colours.light, styles = kinds => feature => kinds[feature.get('kind')];
    const fill = (color, zIndex) => new ol.style.Style({ fill: new ol.style.Fill({ color }), zIndex }), stroke = (color, zIndex, width = 0.9) => new ol.style.Style({ stroke: new ol.style.Stroke({ color, width }), zIndex });
    const water = stroke(c.water, 0), style = [{ land: fill(c.land, 0), lake: fill(c.sea, 1) }, { lake: water, river: water, grid: stroke(c.grid, 1), land: [stroke(c.casing, 2, 2.2), stroke(c.coast, 3)] }];
    layers.forEach((pair, i) => pair.forEach(l => l.setStyle(styles(style[i]))));
  }

  async function draw(code, dark, fine, wet) {
    paint(dark);
    const wanted = `${code} ${fine}`;
    if (wet) pour(code, fine, wanted).catch(() => { poured = ''; }); // a map without rivers is a map
    if (drawn === wanted) return;
    drawn = wanted;
    const features = await countries(code, fine ? 'countries-50m' : 'countries-110m');
    if (drawn !== wanted) return; // another was asked for meanwhile
    hold('grid', [graticule(code, projections[code].near ? 10 : 30)]);
    hold('land', features);
  }
  async function pour(code, fine, wanted) {
    if (poured === wanted) return;
    poured = wanted;
    const all = await waters(code, fine ? 'water-50m' : 'water-110m');
    if (poured !== wanted) return;
    hold('lake', all.lakes);
    hold('river', all.rivers);
  }
  /** move tells that the map moves, or rests: at rest the ground is two pictures, which cost little while steps play. */
  const move = moving => layers.forEach(([still, moved]) => { still.setVisible(!moving); moved.setVisible(moving); });
  return { layers: layers.flat(), draw, move };
}
