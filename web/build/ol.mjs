// What the viewer uses of OpenLayers, under the names that its full build has.
import Feature from 'ol/Feature.js';
import Map from 'ol/Map.js';
import View from 'ol/View.js';
import { defaults } from 'ol/control/defaults.js';
import ScaleLine from 'ol/control/ScaleLine.js';
import GeoJSON from 'ol/format/GeoJSON.js';
import TopoJSON from 'ol/format/TopoJSON.js';
import LineString from 'ol/geom/LineString.js';
import MultiLineString from 'ol/geom/MultiLineString.js';
import MultiPolygon from 'ol/geom/MultiPolygon.js';
import Point from 'ol/geom/Point.js';
import Polygon from 'ol/geom/Polygon.js';
import Draw from 'ol/interaction/Draw.js';
import TileLayer from 'ol/layer/Tile.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorImage from 'ol/layer/VectorImage.js';
import { fromLonLat, get, getPointResolution, toLonLat, transformExtent } from 'ol/proj.js';
import { register } from 'ol/proj/proj4.js';
import { getRenderPixel } from 'ol/render.js';
import TileWMS from 'ol/source/TileWMS.js';
import VectorSource from 'ol/source/Vector.js';
import XYZ from 'ol/source/XYZ.js';
import Circle from 'ol/style/Circle.js';
import Fill from 'ol/style/Fill.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';

window.ol = {
  Feature, Map, View,
  control: { ScaleLine, defaults: { defaults } },
  format: { GeoJSON, TopoJSON },
  geom: { LineString, MultiLineString, MultiPolygon, Point, Polygon },
  interaction: { Draw },
  layer: { Tile: TileLayer, Vector: VectorLayer, VectorImage },
  proj: { fromLonLat, get, getPointResolution, proj4: { register }, toLonLat, transformExtent },
  render: { getRenderPixel },
  source: { TileWMS, Vector: VectorSource, XYZ },
  style: { Circle, Fill, Stroke, Style, Text },
};
