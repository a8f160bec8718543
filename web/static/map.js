// The map: coastlines under and over, and one picture layer a time step, swapped only when the next is complete.
/* global ol */

const frames = 4; // picture layers kept: the shown one, the awaited one, and two to come back to

/** countries reads the coastlines and borders. Rings that cross 180 degrees go on beyond it, and one around a pole is closed there: as
 *  the file has them, they would be torn right across the map. */
async function countries() {
  const answer = await fetch('viewer/vendor/countries-50m.json');
  const features = new ol.format.TopoJSON({ layers: ['countries'] }).readFeatures(await answer.json());
  for (const f of features) {
    const g = f.getGeometry(), c = g.getCoordinates();
    g.setCoordinates(g.getType() === 'Polygon' ? c.map(unrolled) : c.map(p => p.map(unrolled)));
    g.transform('EPSG:4326', 'EPSG:3857');
  }
  return features;
}

/** unrolled is a ring of degrees without jumps of a whole turn. */
function unrolled(ring) {
  let turn = 0;
  const out = ring.map(([x, y], i) => {
    if (i > 0) turn -= 360 * Math.round((x - ring[i - 1][0]) / 360);
    return [x + turn, Math.max(-85, Math.min(85, y))];
  });
  const [first, last] = [out[0], out[out.length - 1]];
  if (Math.abs(last[0] - first[0]) > 180) {
    const pole = first[1] < 0 ? -85 : 85;
    out.push([last[0], pole], [first[0], pole], first);
  }
  return out;
}

/** makeMap draws into the element and returns {map, show, preload, fit}. */
export function makeMap(target) {
  const world = new ol.source.Vector({ overlaps: false });
  countries().then(features => world.addFeatures(features));
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const land = new ol.layer.Vector({ source: world, zIndex: 0, style: new ol.style.Style({ fill: new ol.style.Fill({ color: dark ? '#22313b' : '#f4f1e8' }) }) });
  const coast = new ol.layer.Vector({ source: world, zIndex: 9, style: new ol.style.Style({ stroke: new ol.style.Stroke({ color: '#1b2730b0', width: 0.9 }) }) });
  const map = new ol.Map({ target, layers: [land, coast], view: new ol.View({ center: [0, 3e6], zoom: 2.4, minZoom: 1, maxZoom: 12, enableRotation: false }) });
  const shown = new Map(); // url -> layer, oldest first
  let current = '', visible = ''; // the picture asked for last, and the one on screen until it is complete

  function frame(url) {
    let layer = shown.get(url);
    if (!layer) {
      layer = new ol.layer.Tile({ source: new ol.source.XYZ({ url, maxZoom: 12, transition: 0, crossOrigin: 'anonymous' }), opacity: 0, zIndex: 5 });
      map.addLayer(layer);
    }
    shown.delete(url);
    shown.set(url, layer);
    for (const [old, l] of shown) {
      if (shown.size <= frames) break;
      if (old === current || old === visible || old === url) continue;
      map.removeLayer(l);
      shown.delete(old);
    }
    return layer;
  }

  /** show puts the picture on screen once all its tiles are there; the one before stays until then. then() is called when it is, before the
   *  browser draws its next frame, and never if another picture was asked for meanwhile. */
  function show(url, then) {
    current = url;
    const layer = frame(url);
    return new Promise(done => {
      map.once('rendercomplete', () => {
        if (current === url && shown.has(url)) {
          visible = url;
          for (const [u, l] of shown) l.setOpacity(u === url ? 0.85 : 0);
          map.renderSync(); // now, not in some frame to come: picture and label change together
          then();
        }
        done();
      });
      map.render();
      layer.changed();
    });
  }

  /** forget drops all pictures: another layer or style was chosen. */
  function forget() {
    for (const layer of shown.values()) map.removeLayer(layer);
    shown.clear();
    current = visible = '';
  }

  /** fit moves the view to a box of degrees, unless most of it is in sight already. */
  function fit(box) {
    if (!box) return;
    const [w, s, e, n] = ol.proj.transformExtent([box[0], Math.max(box[1], -80), box[2], Math.min(box[3], 80)], 'EPSG:4326', 'EPSG:3857');
    map.getView().fit([w, s, e, n], { padding: [30, 60, 80, 300], maxZoom: 7, duration: 250 });
  }
  return { map, show, preload: frame, forget, fit };
}
