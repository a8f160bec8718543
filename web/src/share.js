// "Copy as": what is looked at, as addresses and snippets for other programs. All of it is what the public services take.
import { picture } from './pictures.js';
import { active, look } from './state.js';

/** kinds are [name, file's ending, make(facts)]. */
export const kinds = [
  ['Link', 'txt', f => f.page],
  ['WMS', 'txt', f => f.getMap('EPSG:3857')],
  ['WMTS', 'txt', f => f.wmts],
  ['XYZ', 'txt', f => f.xyz],
  ['WCS', 'txt', f => f.wcs],
  ['EDR', 'txt', f => f.edr],
  ['curl', 'sh', f => `curl -sSf -o map.png '${f.getMap('EPSG:3857')}'\ncurl -sSf '${f.edr}&f=CSV'`],
  ['QGIS', 'qlr', f => qlr(f)],
  ['Leaflet', 'html', f => leaflet(f)],
  ['OpenLayers', 'html', f => openlayers(f)],
  ['MapLibre', 'html', f => maplibre(f)],
  ['Python', 'py', f => python(f)],
];

/** facts is what the snippets are made of; view: the map's box in degrees. */
export function facts(view) {
  const e = active(), { layer } = e, p = picture(e, look.time) ?? { query: '', step: '', run: '' };
  const base = new URL('./', location.href).href.replace(/\/$/, ''), q = new URLSearchParams(p.query);
  const [w, s, east, n] = view.box, box = [Math.max(w, layer.box[0]), Math.max(s, layer.box[1]), Math.min(east, layer.box[2]), Math.min(n, layer.box[3])].map(v => Number(v.toFixed(3)));
  const inside = box[0] < box[2] && box[1] < box[3] ? box : layer.box, at = look.point ?? [(inside[0] + inside[2]) / 2, (inside[1] + inside[3]) / 2].map(v => Number(v.toFixed(3)));
  const dims = { ...(p.step && { TIME: p.step }), ...(e.level && { ELEVATION: e.level }), ...(e.member && { DIM_MEMBER: e.member }), ...(p.run && { DIM_REFERENCE_TIME: p.run }) };
  const getMap = crs => {
    const b = crs === 'EPSG:3857' ? [...mercator(inside[0], inside[1]), ...mercator(inside[2], inside[3])].map(Math.round) : inside, width = 1000;
    return `${base}/wms?${plain({ SERVICE: 'WMS', VERSION: '1.3.0', REQUEST: 'GetMap', LAYERS: layer.name, STYLES: e.style, CRS: crs, BBOX: b.join(), WIDTH: width, HEIGHT: Math.max(1, Math.min(2000, Math.round(width * (b[3] - b[1]) / (b[2] - b[0])))), FORMAT: 'image/png', TRANSPARENT: 'TRUE', ...dims })}`;
  };
  const subset = [`Long(${inside[0]},${inside[2]})`, `Lat(${inside[1]},${inside[3]})`, ...(p.step ? [`time("${p.step}")`] : [])].map(v => `&SUBSET=${v}`).join('');
  return {
    e, layer, p, base, dims, at, box: inside, getMap, page: location.href, style: e.style,
    xyz: `${base}/xyz/${layer.name}/{z}/{x}/{y}.png?${plain(Object.fromEntries(q))}`,
    wmts: `${base}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities`,
    wcs: `${base}/wcs?SERVICE=WCS&VERSION=2.0.1&REQUEST=GetCoverage&COVERAGEID=${layer.name}${subset}&FORMAT=image/tiff`,
    edr: `${base}/collections/${layer.name}${p.run ? `/instances/${p.run}` : ''}/position?${plain({ coords: `POINT(${at.join('%20')})`, ...(e.level && layer.elevation.values.length > 1 && { z: e.level }) })}`,
  };
}

const plain = q => Object.entries(q).map(([k, v]) => `${k}=${v}`).join('&');

function mercator(lon, lat) {
  const r = 6378137, y = Math.max(-85.05, Math.min(85.05, lat)) * Math.PI / 180;
  return [r * lon * Math.PI / 180, r * Math.log(Math.tan(Math.PI / 4 + y / 2))];
}

const xml = text => text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/** qlr is a QGIS layer definition of a WMS layer. */
function qlr(f) {
  const extra = new URLSearchParams(f.dims).toString(), wms = `${f.base}/wms?${extra && `${extra}&`}`;
  const source = `contextualWMSLegend=0&crs=EPSG:3857&dpiMode=7&format=image/png&layers=${f.layer.name}&styles=${f.style}&url=${encodeURIComponent(wms)}`;
  return `<!DOCTYPE qgis-layer-definition>
<qlr>
  <layer-tree-group name="" checked="Qt::Checked" expanded="1">
    <layer-tree-layer id="isobar_1" name="${xml(f.layer.title)}" checked="Qt::Checked" expanded="1" providerKey="wms" source="${xml(source)}"/>
  </layer-tree-group>
  <maplayers>
    <maplayer type="raster" hasScaleBasedVisibilityFlag="0">
      <id>isobar_1</id>
      <datasource>${xml(source)}</datasource>
      <layername>${xml(f.layer.title)}</layername>
      <srs><spatialrefsys><authid>EPSG:3857</authid></spatialrefsys></srs>
      <provider>wms</provider>
      <blendMode>0</blendMode>
    </maplayer>
  </maplayers>
</qlr>
`;
}

const page = (head, body) => `<!doctype html>
<meta charset="utf-8">
${head}
<style>html, body, #map { margin: 0; height: 100% }</style>
<div id="map"></div>
<script>
${body}
</script>
`;
const middle = f => [(f.box[0] + f.box[2]) / 2, (f.box[1] + f.box[3]) / 2].map(v => v.toFixed(3));

const leaflet = f => page(`<link rel="stylesheet" href="https://unpkg.com/leaflet@1.9.4/dist/leaflet.css">
<script src="https://unpkg.com/leaflet@1.9.4/dist/leaflet.js"></script>`, `const map = L.map('map').setView([${middle(f).reverse()}], 4);
L.tileLayer.wms('${f.base}/wms', ${JSON.stringify({ layers: f.layer.name, styles: f.style, format: 'image/png', transparent: true, version: '1.3.0', attribution: f.layer.attribution, ...f.dims })}).addTo(map);`);

const openlayers = f => page(`<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/ol@10.11.0/ol.css">
<script src="https://cdn.jsdelivr.net/npm/ol@10.11.0/dist/ol.js"></script>`, `new ol.Map({
  target: 'map',
  layers: [new ol.layer.Tile({ source: new ol.source.TileWMS({
    url: '${f.base}/wms', attributions: ${JSON.stringify(f.layer.attribution)},
    params: ${JSON.stringify({ LAYERS: f.layer.name, STYLES: f.style, ...f.dims })},
  }) })],
  view: new ol.View({ center: ol.proj.fromLonLat([${middle(f)}]), zoom: 4 }),
});`);

const maplibre = f => page('<link rel="stylesheet" href="https://unpkg.com/maplibre-gl@6.17.0/dist/maplibre-gl.css">', `import * as maplibregl from 'https://unpkg.com/maplibre-gl@6.17.0/dist/maplibre-gl.mjs';
new maplibregl.Map({ container: 'map', center: [${middle(f)}], zoom: 3, style: {
  version: 8,
  sources: { forecast: { type: 'raster', tileSize: 256, attribution: ${JSON.stringify(f.layer.attribution)},
    tiles: ['${f.xyz}'] } },
  layers: [{ id: 'forecast', type: 'raster', source: 'forecast' }],
} });`).replace('<script>', '<script type="module">');

const python = f => `import json
import urllib.parse
import urllib.request

base = "${f.base}"

# The map, with nothing but Python's own library (OWSLib does the same: WebMapService(base + "/wms")).
urllib.request.urlretrieve(
    "${f.getMap('EPSG:3857')}",
    "map.png")

# Values at a place along time, by OGC API - EDR, as CoverageJSON.
with urllib.request.urlopen("${f.edr}") as answer:
    coverage = json.load(answer)
for one in coverage.get("coverages", [coverage]):
    for name, values in one["ranges"].items():
        print(name, one["domain"]["axes"].get("t", {}).get("values"), values["values"])
`;

/** makeShare fills the dialog. boxOf() is the map's box in degrees. */
export function makeShare(boxOf) {
  const $ = id => document.getElementById(id);
  let kind = 'Link';
  function show() {
    const [, ending, make] = kinds.find(([name]) => name === kind), text = make(facts({ box: boxOf() }));
    $('copyText').value = text;
    $('copyDone').textContent = '';
    Object.assign($('copySave'), { href: `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`, download: `isobar.${ending}` });
    for (const b of $('copyKinds').children) b.setAttribute('aria-pressed', b.textContent === kind);
  }
  $('copyKinds').replaceChildren(...kinds.map(([name]) => Object.assign(document.createElement('button'), { textContent: name, onclick: () => { kind = name; show(); } })));
  $('copyClose').onclick = () => $('copy').close();
  return { open: () => { show(); $('copy').showModal(); }, text: () => $('copyText') };
}
