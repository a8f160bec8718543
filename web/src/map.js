// The map: the ground, and one picture layer for each forecast layer and time step, swapped together only when all of the next are complete.
/* global ol */
import { known, makeBase, projections } from './base.js';

const least = 7, most = 48, tiles = 800; // pictures of a layer that are kept, so that a loop is read once; fewer where each has many tiles
const finer = 3.6; // the zoom from which coasts are drawn finely

/** tileURL is where a picture's tiles are, {z}/{x}/{y} left open. picture: {name, query}. */
export const tileURL = (p, ratio = '') => `xyz/${p.name}/{z}/{x}/{y}${ratio}.png?${p.query}`;

/** touches tells whether a tile has a part of a box of degrees; half a degree more, for cells at its edge. */
function touches([west, south, east, north], [z, x, y]) {
  const n = 2 ** z, lon = at => at / n * 360 - 180, lat = at => Math.atan(Math.sinh(Math.PI * (1 - 2 * at / n))) * 180 / Math.PI, more = 0.5;
  return east - west >= 359 || west > east || (lon(x + 1) >= west - more && lon(x) <= east + more && lat(y) >= south - more && lat(y + 1) <= north + more);
}

/** makeMap draws into the element. leader: another map, whose place, zoom and projection this one has, and no buttons of its own. */
export function makeMap(target, leader) {
  const base = makeBase();
  const controls = leader ? [] : ol.control.defaults.defaults({ attribution: false, rotate: false }).extend([new ol.control.ScaleLine()]);
  const map = new ol.Map({ target, layers: base.layers, controls, view: leader?.map.getView() ?? viewOf('EPSG:3857') });
  const frames = new Map(); // key -> layer, oldest first
  const keyOf = p => `${p.name} ${p.query} ${p.side ?? ''}`;
  let split = null; // where side a ends and side b begins, as a part of the width; null: nothing is cut
  let grounded = null; // resolves when the ground is there
  let code = 'EPSG:3857', dark = false, current = new Set(), visible = new Set(), coming = new Set(), asked = 0, begun = false; // begun: the first map is there, so there is time for rivers and fine coasts

  function viewOf(c, at) {
    const p = projections[c];
    return new ol.View({ projection: c, center: at?.centre ?? (p.near ? ol.proj.fromLonLat(p.near, c) : ol.proj.fromLonLat([0, 26], c)), zoom: at?.zoom ?? (p.near ? 2 : 2.4), minZoom: p.near ? 0 : 1, maxZoom: 14, enableRotation: false, ...(p.extent && { extent: p.extent, showFullExtent: true }) });
  }

  function source(p) {
    if (code === 'EPSG:3857') {
      const url = tileURL(p, devicePixelRatio > 1.5 ? '@2x' : '');
      const tileUrlFunction = at => (touches(p.box ?? [-180, -90, 180, 90], at) ? url.replace(/\{([zxy])\}/g, (_, axis) => at['zxy'.indexOf(axis)]) : undefined); // what has no values is not asked for
      return new ol.source.XYZ({ tileUrlFunction, maxZoom: 12, transition: 0 });
    }
    const q = new URLSearchParams(p.query), params = { LAYERS: p.name, STYLES: q.get('style') ?? '', VERSION: '1.1.1', FORMAT: 'image/png', TRANSPARENT: true };
    for (const [from, to] of [['time', 'TIME'], ['elevation', 'ELEVATION'], ['member', 'DIM_MEMBER'], ['run', 'DIM_REFERENCE_TIME']]) if (q.has(from)) params[to] = q.get(from);
    return new ol.source.TileWMS({ url: 'wms', params, projection: code, transition: 0, hidpi: true });
  }

  function frame(p) {
    const key = keyOf(p);
    let layer = frames.get(key);
    if (!layer) {
      layer = new ol.layer.Tile({ source: source(p), opacity: 0, zIndex: 5 });
      layer.on('prerender', e => cut(e, p.side));
      layer.on('postrender', e => split !== null && e.context.restore());
      map.addLayer(layer);
    }
    layer.setVisible(true);
    frames.delete(key);
    frames.set(key, layer);
    return layer;
  }

  /** cut keeps a picture to its side of the divider. */
  function cut(e, side) {
    if (split === null) return;
    const { context } = e, [width, height] = map.getSize(), at = split * width, [from, to] = side === 'b' ? [at, width] : [0, at];
    const corners = [[from, 0], [to, 0], [to, height], [from, height]].map(c => ol.render.getRenderPixel(e, c));
    context.save();
    context.beginPath();
    corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.clip();
  }
  const divide = to => { split = to; map.render(); };

  /** keeps is how many pictures of a layer are kept at this size of the map. */
  function keeps() {
    const [width, height] = map.getSize() ?? [0, 0], each = (Math.ceil(width / 256) + 1) * (Math.ceil(height / 256) + 1);
    return Math.max(least, Math.min(most, Math.floor(tiles / each)));
  }

  function evict(bound) {
    for (const [key, l] of frames) {
      if (frames.size <= bound) return;
      if (current.has(key) || visible.has(key)) continue;
      map.removeLayer(l);
      frames.delete(key);
    }
  }

  /** ready resolves to what puts pictures on screen, the uppermost first, once the tiles of all are there; those before stay until it is called. It
   *  does nothing if others were asked for meanwhile. */
  function ready(pictures) {
    const turn = ++asked;
    current = new Set(pictures.map(keyOf));
    const layers = pictures.map(frame);
    evict(keeps() * Math.max(pictures.length, 1));
    const put = () => {
      if (turn !== asked) return;
      visible = current;
      for (const [key, l] of frames) {
        l.setOpacity(0);
        if (!current.has(key) && !coming.has(key)) l.setVisible(false); // what is not looked at is not drawn
      }
      layers.forEach((l, i) => { l.setZIndex(5 + layers.length - i); l.setOpacity(pictures[i].opacity / 100); });
      map.renderSync(); // now, not in some frame to come: picture and label change together
      if (!begun) { begun = true; ground(); }
    };
    return new Promise(done => {
      const look = () => { // those that are preloaded are not waited for
        if (turn === asked && !layers.every(l => l.getRenderer()?.renderComplete)) return;
        map.un('postrender', look);
        begun ? done(put) : Promise.resolve(grounded).then(() => done(put), () => done(put)); // the first map has its ground
      };
      map.on('postrender', look);
      for (const l of layers) l.changed();
      map.render();
    });
  }

  /** preload begins to read pictures; each call says all that are coming. */
  function preload(pictures) {
    coming = new Set(pictures.map(keyOf));
    for (const p of pictures) frame(p);
  }

  /** fade changes how far a shown picture can be seen through. */
  const fade = p => frames.get(keyOf(p))?.setOpacity(p.opacity / 100);

  /** project changes the projection; the pictures of the former are dropped. */
  async function project(to, at) {
    await known(to);
    const old = map.getView(), centre = ol.proj.toLonLat(old.getCenter(), code), was = code;
    for (const l of frames.values()) map.removeLayer(l);
    frames.clear();
    current = visible = new Set();
    code = to;
    const p = projections[to];
    if (leader) map.setView(leader.map.getView());
    else map.setView(viewOf(to, at ?? (was !== to && !p.near && !projections[was].near ? { centre: ol.proj.fromLonLat(centre, to), zoom: old.getZoom() } : undefined)));
    await ground();
  }

  /** ground draws land, water and coasts for the projection, the zoom and the theme. */
  const ground = () => (grounded = base.draw(code, dark, begun && map.getView().getZoom() >= finer, begun));
  map.on('moveend', () => { base.move(false); ground(); });
  map.on('movestart', () => base.move(true));
  const paint = to => { dark = to; ground(); };

  /** fit moves the view to a box of degrees. */
  function fit(box, padding) {
    if (!box || projections[code].near) return;
    const extent = ol.proj.transformExtent([box[0], Math.max(box[1], -80), box[2], Math.min(box[3], 80)], 'EPSG:4326', code);
    map.getView().fit(extent, { padding, maxZoom: 7, duration: !begun || matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 250 });
  }
  /** metres is how many metres of the ground a pixel is, in the middle of the map. */
  const metres = () => ol.proj.getPointResolution(code, map.getView().getResolution(), map.getView().getCenter(), 'm');
  return { map, metres, ready, divide, preload, fade, fit, project, paint, code: () => code, toLonLat: at => ol.proj.toLonLat(at, code), fromLonLat: at => ol.proj.fromLonLat(at, code) };
}
