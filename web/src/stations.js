// Places of the server's collections of features, coloured by the active layer's values, which are read from its data tiles.
/* global ol */
import { valueAt } from './numbers.js';
import { digits } from './units.js';

const most = 400; // places shown at once, and asked for
const ramp = ['#440154', '#46327e', '#365c8d', '#277f8e', '#1fa187', '#4ac16d', '#a0da39', '#fde725']; // viridis: even for all eyes

/** makeStations: streams() are the collections whose places are those of a stream, not its values. show(collection, entry's picture, unit) draws the places in sight; '' draws none. */
export function makeStations(view, streams) {
  const source = new ol.source.Vector(), read = new Map();
  const layer = new ol.layer.Vector({ source, zIndex: 94, declutter: true });
  view.map.addLayer(layer);
  let turn = 0;

  async function features(id, box) {
    const key = `${id} ${box.join()}`;
    if (!read.has(key)) {
      if (read.size > 20) read.clear();
      read.set(key, fetch(streams().includes(id) ? `streams/${id}` : `collections/${id}/items?f=json&limit=${most}&bbox=${box.join()}`).then(a => a.json()).then(d => (d.layers ? d.features : d)));
    }
    const inside = ([lon, lat]) => lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3];
    return (await read.get(key)).features.filter(f => f.geometry?.type === 'Point' && inside(f.geometry.coordinates)).slice(0, most);
  }

  async function show(id, picture, unit, box) {
    const mine = ++turn;
    if (!id || !picture) { source.clear(); return; }
    const all = await features(id, box), zoom = Math.min(view.map.getView().getZoom(), 6);
    const values = await Promise.all(all.map(f => valueAt(picture.name, picture.query, f.geometry.coordinates, zoom)));
    if (mine !== turn) return;
    const known = all.map((f, i) => ({ f, v: values[i]?.value })).filter(x => x.v !== undefined), u = unit(values.find(Boolean)?.unit);
    const low = Math.min(...known.map(x => x.v)), high = Math.max(...known.map(x => x.v));
    source.clear();
    source.addFeatures(known.map(({ f, v }) => {
      const place = new ol.Feature({ geometry: new ol.geom.Point(view.fromLonLat(f.geometry.coordinates)), name: f.properties.name ?? f.id, value: u.of(v) });
      const colour = ramp[Math.min(ramp.length - 1, Math.floor((v - low) / (high - low || 1) * ramp.length))];
      place.setStyle(new ol.style.Style({
        image: new ol.style.Circle({ radius: 6, fill: new ol.style.Fill({ color: colour }), stroke: new ol.style.Stroke({ color: '#fff', width: 1.5 }), declutterMode: 'none' }),
        text: new ol.style.Text({ text: digits(u.of(v)), offsetY: -14, font: '600 12px system-ui, sans-serif', fill: new ol.style.Fill({ color: '#16222c' }), stroke: new ol.style.Stroke({ color: '#ffffffd0', width: 3 }) }),
      }));
      return place;
    }));
  }
  /** at is the place under a pixel: {name, value, lonlat} or null. */
  const at = pixel => view.map.forEachFeatureAtPixel(pixel, f => ({ name: f.get('name'), value: f.get('value'), lonlat: view.toLonLat(f.getGeometry().getCoordinates()) }), { layerFilter: l => l === layer, hitTolerance: 4 }) ?? null;
  return { show, at, count: () => source.getFeatures().length };
}
