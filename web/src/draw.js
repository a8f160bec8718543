// What is drawn on the map by hand or of results: places, lines, areas.
/* global ol */

const after = 500; // ms in which a click still belongs to the drawing that it ended

/** makeDrawing: mark(geometries) and found(features) draw in degrees; ask(kind) resolves to what somebody draws, or null. */
export function makeDrawing(view) {
  const stroke = new ol.style.Stroke({ color: '#fff', width: 4 }), over = new ol.style.Stroke({ color: '#c2185b', width: 2 });
  const circle = (radius, fill) => new ol.style.Style({ image: new ol.style.Circle({ radius, fill: new ol.style.Fill({ color: fill }), stroke: new ol.style.Stroke({ color: '#fff', width: 2 }) }) });
  const marks = new ol.source.Vector(), results = new ol.source.Vector();
  const style = [new ol.style.Style({ stroke }), new ol.style.Style({ stroke: over, fill: new ol.style.Fill({ color: '#c2185b22' }) }), circle(7, '#c2185b')];
  view.map.addLayer(new ol.layer.Vector({ source: marks, zIndex: 96, style }));
  view.map.addLayer(new ol.layer.Vector({ source: results, zIndex: 95, style: circle(5, '#c2185b') }));
  const read = g => new ol.format.GeoJSON().readGeometry(g, { featureProjection: view.code() });
  let ending = null, ended = 0;

  function ask(kind) {
    ending?.();
    return new Promise(done => {
      const draw = new ol.interaction.Draw({ type: kind, style });
      const end = g => {
        ending = null;
        ended = performance.now();
        removeEventListener('keydown', escape);
        setTimeout(() => view.map.removeInteraction(draw), after); draw.setActive(false); // the double click that ends it must not move the map
        done(g);
      };
      const escape = e => { if (e.key === 'Escape') end(null); };
      ending = () => end(null);
      addEventListener('keydown', escape);
      draw.on('drawend', e => {
        const g = new ol.format.GeoJSON().writeGeometryObject(e.feature.getGeometry(), { featureProjection: view.code(), decimals: 4 });
        end(g.coordinates);
      });
      view.map.addInteraction(draw);
    });
  }
  return {
    ask, busy: () => ending !== null || performance.now() - ended < after, stop: () => ending?.(),
    mark: gs => { marks.clear(); marks.addFeatures(gs.map(g => new ol.Feature(read(g)))); },
    found: fs => { results.clear(); results.addFeatures(fs.map(f => new ol.Feature(read(f.geometry)))); },
  };
}
