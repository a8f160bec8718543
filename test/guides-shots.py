# Runs inside QGIS (qgis --code): adds the demo's layers as the guide says, and keeps pictures of the window in OUT.
import os

from qgis.core import (QgsApplication, QgsCoordinateReferenceSystem, QgsDateTimeRange, QgsFillSymbol, QgsInterval, QgsLineSymbol, QgsMarkerSymbol, QgsMeshLayer, QgsProject, QgsRasterLayer,
                       QgsRectangle, QgsSettings, QgsUnitTypes, QgsVectorLayer, QgsVectorTileBasicRenderer, QgsVectorTileBasicRendererStyle, QgsVectorTileLayer, QgsWkbTypes)
from qgis.PyQt.QtCore import QDateTime, Qt, QTimer
from qgis.PyQt.QtWidgets import QApplication, QDialog, QDockWidget, QPushButton, QTreeWidget
from qgis.utils import iface

BASE, OUT = os.environ["BASE"], os.environ["OUT"]
MODEL = "gfs-0p5-natl"
win, project = iface.mainWindow(), QgsProject.instance()
steps = []


def dock(name, shown):
    for d in win.findChildren(QDockWidget):
        if d.objectName() == name:
            d.setVisible(shown)
            return d


def at(text):
    t = QDateTime.fromString(text, Qt.ISODate)
    t.setTimeSpec(Qt.UTC)
    return t


def grab(name, widget=None):
    (widget or win).grab().save(f"{OUT}/{name}.png")
    print("kept", name, flush=True)


def show(box=(-3339585, 2875745, 1335834, 6106855), crs="EPSG:3857"):
    canvas = iface.mapCanvas()
    project.setCrs(QgsCoordinateReferenceSystem(crs))
    canvas.setDestinationCrs(project.crs())
    canvas.setExtent(QgsRectangle(*box))
    canvas.refresh()


def begin():
    win.resize(1180, 720)
    iface.newProject(False)
    for name in ("Browser", "Browser2"):
        dock(name, False)
    for kind, path in (("wms", "/wms"), ("wcs", "/wcs"), ("wfs", "/")):
        QgsSettings().setValue(f"qgis/connections-{kind}/Isobar/url", BASE + path)


def coasts():
    """QGIS' own map of the world, for orientation."""
    land = QgsVectorLayer("/usr/share/qgis/resources/data/world_map.gpkg|layername=countries", "Countries", "ogr")
    if land.isValid():
        land.renderer().setSymbol(QgsFillSymbol.createSimple({"style": "no", "outline_color": "#404850", "outline_width": "0.25"}))
        project.addMapLayer(land)


def wms():
    source = (f"type=wmst&allowTemporalUpdates=true&temporalSource=provider&timeDimensionExtent=2013-02-14T06:00:00Z/2013-02-17T06:00:00Z/PT6H"
              f"&crs=EPSG:3857&dpiMode=7&format=image/png&layers={MODEL}.ws10&styles=wind-speed&url={BASE}/wms?")
    layer = QgsRasterLayer(source, "Wind at 10 m", "wms")
    layer.temporalProperties().setIsActive(True)
    project.addMapLayer(layer)
    lines = QgsRasterLayer(source.replace(f"{MODEL}.ws10&styles=wind-speed", f"{MODEL}.msl&styles=isolines-highs-lows"), "Pressure", "wms")
    lines.temporalProperties().setIsActive(True)
    project.addMapLayer(lines)
    coasts()
    win.resizeDocks([dock("Temporal Controller", True)], [90], Qt.Vertical)
    iface.layerTreeView().collapseAll()
    show()
    controller = iface.mapCanvas().temporalController()
    controller.setTemporalExtents(QgsDateTimeRange(at("2013-02-14T06:00:00Z"), at("2013-02-17T06:00:00Z")))
    controller.setFrameDuration(QgsInterval(6, QgsUnitTypes.TemporalHours))
    controller.setNavigationMode(controller.Animated)
    controller.setCurrentFrameNumber(8)


def dialog():
    iface.actionAddWmsLayer().trigger()


def connect():
    for w in QApplication.topLevelWidgets():
        if isinstance(w, QDialog) and w.isVisible():
            for b in w.findChildren(QPushButton):
                if b.objectName() == "btnConnect" and b.isVisible():
                    b.click()


def listed():
    for w in QApplication.topLevelWidgets():
        if isinstance(w, QDialog) and w.isVisible():
            w.resize(1000, 640)
            for tree in w.findChildren(QTreeWidget):
                if tree.isVisible() and tree.topLevelItemCount():
                    tree.expandToDepth(1)
                    for item in tree.findItems(MODEL, Qt.MatchContains | Qt.MatchRecursive, 1)[1:2]:
                        tree.setCurrentItem(item)
                        tree.scrollToItem(item)


def keep_dialog():
    for w in QApplication.topLevelWidgets():
        if isinstance(w, QDialog) and w.isVisible():
            grab("qgis-add", w)
            w.close()


def numbers():
    project.clear()
    dock("Temporal Controller", False)
    layer = QgsRasterLayer(f"dpiMode=all&identifier={MODEL}.t2m&url={BASE}/wcs&time=2013-02-16T06:00:00Z", "Temperature, values (K)", "wcs")
    from qgis.core import QgsColorRampShader, QgsRasterShader, QgsSingleBandPseudoColorRenderer, QgsStyle
    ramp = QgsStyle.defaultStyle().colorRamp("Spectral")
    ramp.invert()
    shade = QgsColorRampShader(270, 300, ramp)
    shade.classifyColorRamp(9)
    shader = QgsRasterShader()
    shader.setRasterShaderFunction(shade)
    layer.setRenderer(QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader))
    project.addMapLayer(layer)
    airports = QgsVectorLayer(f"pagingEnabled='true' restrictToRequestBBOX='1' typename='airports' url='{BASE}'", "Airports", "OAPIF")
    airports.renderer().setSymbol(QgsMarkerSymbol.createSimple({"name": "circle", "color": "#a01818", "size": "2", "outline_style": "no"}))
    project.addMapLayer(airports)
    tiles = QgsVectorTileLayer(f"type=xyz&url={BASE}/xyz/{MODEL}.msl/%7Bz%7D/%7Bx%7D/%7By%7D.mvt?time=2013-02-16T06:00:00Z&zmin=0&zmax=8", "Isobars")
    style = QgsVectorTileBasicRendererStyle("lines", "", QgsWkbTypes.LineGeometry)
    style.setSymbol(QgsLineSymbol.createSimple({"color": "#303840", "width": "0.3"}))
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles([style])
    tiles.setRenderer(renderer)
    project.addMapLayer(tiles)
    coasts()


def run(steps):
    if not steps:
        os._exit(0)
    what, wait = steps[0]
    QTimer.singleShot(wait, lambda: run(steps[1:]))  # before: a dialog may hold what() up
    try:
        what()
    except Exception as e:
        print("failed:", what.__name__, repr(e), flush=True)
        os._exit(1)


QTimer.singleShot(1500, lambda: run([(begin, 500), (wms, 6000), (lambda: grab("qgis-time"), 200), (dialog, 2500), (connect, 4000), (listed, 800), (keep_dialog, 500),
                                     (numbers, 1500), (lambda: show((-24, 27, 10, 48), "EPSG:4326"), 6000), (lambda: grab("qgis-values"), 200)]))
