import{d as y,h as x,r as E}from"./part-JZASAOAC.js";var M=[["Link","txt",e=>e.page],["WMS","txt",e=>e.getMap("EPSG:3857")],["WMTS","txt",e=>e.wmts],["XYZ","txt",e=>e.xyz],["WCS","txt",e=>e.wcs],["EDR","txt",e=>e.edr],["curl","sh",e=>`curl -sSf -o map.png '${e.getMap("EPSG:3857")}'
curl -sSf '${e.edr}&f=CSV'`],["QGIS","qlr",e=>I(e)],["Leaflet","html",e=>L(e)],["OpenLayers","html",e=>O(e)],["MapLibre","html",e=>k(e)],["Python","py",e=>P(e)]];function C(e){let t=x(),{layer:a}=t,r=E(t,y.time)??{query:"",step:"",run:""},o=new URL("./",location.href).href.replace(/\/$/,""),d=new URLSearchParams(r.query),[m,i,v,R]=e.box,l=[Math.max(m,a.box[0]),Math.max(i,a.box[1]),Math.min(v,a.box[2]),Math.min(R,a.box[3])].map(n=>Number(n.toFixed(3))),s=l[0]<l[2]&&l[1]<l[3]?l:a.box,g=y.point??[(s[0]+s[2])/2,(s[1]+s[3])/2].map(n=>Number(n.toFixed(3))),$={...r.step&&{TIME:r.step},...t.level&&{ELEVATION:t.level},...t.member&&{DIM_MEMBER:t.member},...r.run&&{DIM_REFERENCE_TIME:r.run}},T=n=>{let p=n==="EPSG:3857"?[...w(s[0],s[1]),...w(s[2],s[3])].map(Math.round):s,S=1e3;return`${o}/wms?${u({SERVICE:"WMS",VERSION:"1.3.0",REQUEST:"GetMap",LAYERS:a.name,STYLES:t.style,CRS:n,BBOX:p.join(),WIDTH:S,HEIGHT:Math.max(1,Math.min(2e3,Math.round(S*(p[3]-p[1])/(p[2]-p[0])))),FORMAT:"image/png",TRANSPARENT:"TRUE",...$})}`},f=[`Long(${s[0]},${s[2]})`,`Lat(${s[1]},${s[3]})`,...r.step?[`time("${r.step}")`]:[]].map(n=>`&SUBSET=${n}`).join("");return{e:t,layer:a,p:r,base:o,dims:$,at:g,box:s,getMap:T,page:location.href,style:t.style,xyz:`${o}/xyz/${a.name}/{z}/{x}/{y}.png?${u(Object.fromEntries(d))}`,wmts:`${o}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities`,wcs:`${o}/wcs?SERVICE=WCS&VERSION=2.0.1&REQUEST=GetCoverage&COVERAGEID=${a.name}${f}&FORMAT=image/tiff`,edr:`${o}/collections/${a.name}${r.run?`/instances/${r.run}`:""}/position?${u({coords:`POINT(${g.join("%20")})`,...t.level&&a.elevation.values.length>1&&{z:t.level}})}`}}var u=e=>Object.entries(e).map(([t,a])=>`${t}=${a}`).join("&");function w(e,t){let r=Math.max(-85.05,Math.min(85.05,t))*Math.PI/180;return[6378137*e*Math.PI/180,6378137*Math.log(Math.tan(Math.PI/4+r/2))]}var c=e=>e.replace(/[&<>"]/g,t=>({"&":"&amp;","<":"&lt;",">":"&gt;",'"':"&quot;"})[t]);function I(e){let t=new URLSearchParams(e.dims).toString(),a=`${e.base}/wms?${t&&`${t}&`}`,r=`contextualWMSLegend=0&crs=EPSG:3857&dpiMode=7&format=image/png&layers=${e.layer.name}&styles=${e.style}&url=${encodeURIComponent(a)}`;return`<!DOCTYPE qgis-layer-definition>
<qlr>
  <layer-tree-group name="" checked="Qt::Checked" expanded="1">
    <layer-tree-layer id="isobar_1" name="${c(e.layer.title)}" checked="Qt::Checked" expanded="1" providerKey="wms" source="${c(r)}"/>
  </layer-tree-group>
  <maplayers>
    <maplayer type="raster" hasScaleBasedVisibilityFlag="0">
      <id>isobar_1</id>
      <datasource>${c(r)}</datasource>
      <layername>${c(e.layer.title)}</layername>
      <srs><spatialrefsys><authid>EPSG:3857</authid></spatialrefsys></srs>
      <provider>wms</provider>
      <blendMode>0</blendMode>
    </maplayer>
  </maplayers>
</qlr>
`}var h=(e,t)=>`<!doctype html>
<meta charset="utf-8">
${e}
<style>html, body, #map { margin: 0; height: 100% }</style>
<div id="map"></div>
<script>
${t}
<\/script>
`,b=e=>[(e.box[0]+e.box[2])/2,(e.box[1]+e.box[3])/2].map(t=>t.toFixed(3)),L=e=>h(`<link rel="stylesheet" href="https://unpkg.com/leaflet@1.9.4/dist/leaflet.css">
<script src="https://unpkg.com/leaflet@1.9.4/dist/leaflet.js"><\/script>`,`const map = L.map('map').setView([${b(e).reverse()}], 4);
L.tileLayer.wms('${e.base}/wms', ${JSON.stringify({layers:e.layer.name,styles:e.style,format:"image/png",transparent:!0,version:"1.3.0",attribution:e.layer.attribution,...e.dims})}).addTo(map);`),O=e=>h(`<link rel="stylesheet" href="https://cdn.jsdelivr.net/npm/ol@10.11.0/ol.css">
<script src="https://cdn.jsdelivr.net/npm/ol@10.11.0/dist/ol.js"><\/script>`,`new ol.Map({
  target: 'map',
  layers: [new ol.layer.Tile({ source: new ol.source.TileWMS({
    url: '${e.base}/wms', attributions: ${JSON.stringify(e.layer.attribution)},
    params: ${JSON.stringify({LAYERS:e.layer.name,STYLES:e.style,...e.dims})},
  }) })],
  view: new ol.View({ center: ol.proj.fromLonLat([${b(e)}]), zoom: 4 }),
});`),k=e=>h('<link rel="stylesheet" href="https://unpkg.com/maplibre-gl@6.17.0/dist/maplibre-gl.css">',`import * as maplibregl from 'https://unpkg.com/maplibre-gl@6.17.0/dist/maplibre-gl.mjs';
new maplibregl.Map({ container: 'map', center: [${b(e)}], zoom: 3, style: {
  version: 8,
  sources: { forecast: { type: 'raster', tileSize: 256, attribution: ${JSON.stringify(e.layer.attribution)},
    tiles: ['${e.xyz}'] } },
  layers: [{ id: 'forecast', type: 'raster', source: 'forecast' }],
} });`).replace("<script>",'<script type="module">'),P=e=>`import json
import urllib.parse
import urllib.request

base = "${e.base}"

# The map, with nothing but Python's own library (OWSLib does the same: WebMapService(base + "/wms")).
urllib.request.urlretrieve(
    "${e.getMap("EPSG:3857")}",
    "map.png")

# Values at a place along time, by OGC API - EDR, as CoverageJSON.
with urllib.request.urlopen("${e.edr}") as answer:
    coverage = json.load(answer)
for one in coverage.get("coverages", [coverage]):
    for name, values in one["ranges"].items():
        print(name, one["domain"]["axes"].get("t", {}).get("values"), values["values"])
`;function G(e){let t=o=>document.getElementById(o),a="Link";function r(){let[,o,d]=M.find(([i])=>i===a),m=d(C({box:e()}));t("copyText").value=m,t("copyDone").textContent="",Object.assign(t("copySave"),{href:`data:text/plain;charset=utf-8,${encodeURIComponent(m)}`,download:`isobar.${o}`});for(let i of t("copyKinds").children)i.setAttribute("aria-pressed",i.textContent===a)}return t("copyKinds").replaceChildren(...M.map(([o])=>Object.assign(document.createElement("button"),{textContent:o,onclick:()=>{a=o,r()}}))),t("copyClose").onclick=()=>t("copy").close(),{open:()=>{r(),t("copy").showModal()},text:()=>t("copyText")}}export{C as facts,M as kinds,G as makeShare};
