"""Shows an Isobar server in QGIS: qgis --code docs/guides/qgis.py. The server is at ISOBAR_URL, else at http://127.0.0.1:8080.

Its connections (WMS, WMTS, WCS, OGC API - Features) appear in the browser panel, its layers in the project, a group for each model, with their times.
"""
import os
import re
import urllib.request
import xml.etree.ElementTree as ET

from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsDateTimeRange, QgsInterval, QgsProject, QgsRasterLayer, QgsSettings, QgsUnitTypes
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

BASE = os.environ.get("ISOBAR_URL", "http://127.0.0.1:8080").rstrip("/")
NS = {"w": "http://www.opengis.net/wms"}
FIRST = ("ws10", "t2m", "msl", "t")  # shown at first, if the server has it


def layer_of(element):
    """A WMS layer of the capabilities, along time if it has any."""
    name, title = element.findtext("w:Name", namespaces=NS), element.findtext("w:Title", namespaces=NS)
    times = next((" ".join((d.text or "").split()) for d in element.findall("w:Dimension", NS) if d.get("name") == "time"), "")
    source = f"crs=EPSG:3857&dpiMode=7&format=image/png&layers={name}&styles=&url={BASE}/wms?"
    if times:
        source = f"type=wmst&allowTemporalUpdates=true&temporalSource=provider&timeDimensionExtent={times}&" + source
    layer = QgsRasterLayer(source, title, "wms")
    if times and layer.isValid():
        layer.temporalProperties().setIsActive(True)
    return name, times, layer


def along_time(layer, times):
    """The temporal controller over a layer's times, at the last but one."""
    reach = layer.dataProvider().temporalCapabilities().availableTemporalRange()
    step = re.search(r"/PT?(\d+)([HMD])", times)
    controller = iface.mapCanvas().temporalController()
    controller.setTemporalExtents(QgsDateTimeRange(reach.begin(), reach.end()))
    unit = {"H": QgsUnitTypes.TemporalHours, "M": QgsUnitTypes.TemporalMinutes, "D": QgsUnitTypes.TemporalDays}
    controller.setFrameDuration(QgsInterval(int(step[1]), unit[step[2]]) if step else QgsInterval(1, QgsUnitTypes.TemporalHours))
    controller.setNavigationMode(controller.Animated)
    controller.setCurrentFrameNumber(controller.totalFrameCount() // 2)
    for dock in iface.mainWindow().findChildren(QDockWidget):
        if dock.objectName() == "Temporal Controller":
            dock.show()


def show():
    for kind, path in (("wms", "/wms"), ("wms", "/wmts?SERVICE=WMTS&REQUEST=GetCapabilities"), ("wcs", "/wcs"), ("wfs", "/")):
        QgsSettings().setValue(f"qgis/connections-{kind}/Isobar{' tiles' if 'wmts' in path else ''}/url", BASE + path)
    iface.reloadConnections()
    with urllib.request.urlopen(BASE + "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities") as answer:
        top = ET.parse(answer).getroot().find("w:Capability/w:Layer", NS)
    project, found = QgsProject.instance(), []
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    for model in top.findall("w:Layer", NS):
        group = project.layerTreeRoot().addGroup(model.findtext("w:Title", namespaces=NS))
        group.setExpanded(False)
        for element in model.iter("{%s}Layer" % NS["w"]):
            if element is model or element.findtext("w:Name", namespaces=NS) is None or "." not in element.findtext("w:Name", namespaces=NS):
                continue
            name, times, layer = layer_of(element)
            if layer.isValid():
                project.addMapLayer(layer, False)
                group.addLayer(layer).setItemVisibilityChecked(False)
                found.append((name, times, layer))
    if not found:
        raise RuntimeError(f"{BASE} has no layers yet")
    rank = {e: i for i, e in enumerate(FIRST)}
    name, times, layer = min(found, key=lambda f: rank.get(f[0].partition(".")[2], len(FIRST)))
    project.layerTreeRoot().findLayer(layer.id()).setItemVisibilityCheckedParentRecursive(True)
    canvas = iface.mapCanvas()
    canvas.setDestinationCrs(project.crs())
    canvas.setExtent(QgsCoordinateTransform(layer.crs(), project.crs(), project).transformBoundingBox(layer.extent()))
    if times:
        along_time(layer, times)
    canvas.refresh()
    iface.messageBar().pushSuccess("Isobar", f"{len(found)} layers of {BASE}; shown is {name}")


QTimer.singleShot(500, show)  # when the window is there
