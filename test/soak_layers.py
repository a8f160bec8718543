"""Prints what a WMS 1.3.0 capabilities document offers, one layer a line: name, west, south, east, north, times (joined by commas)."""
import datetime
import re
import sys
import xml.etree.ElementTree as ET

WMS = '{http://www.opengis.net/wms}'


def instants(text):
    for part in text.strip().split(','):
        start, _, rest = part.partition('/')
        if not rest:
            yield start
            continue
        end, period = rest.split('/')
        m = re.fullmatch(r'P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?', period)
        if not m or not any(m.groups()):
            yield start  # months and years: the first is enough here
            continue
        days, hours, minutes = (int(v or 0) for v in m.groups())
        at, last = (datetime.datetime.fromisoformat(t.replace('Z', '+00:00')) for t in (start, end))
        while at <= last:
            yield at.strftime('%Y-%m-%dT%H:%M:%SZ')
            at += datetime.timedelta(days=days, hours=hours, minutes=minutes)


for layer in ET.parse(sys.argv[1]).iter(WMS + 'Layer'):
    name, box = layer.find(WMS + 'Name'), layer.find(WMS + 'EX_GeographicBoundingBox')
    if name is None or box is None or layer.find(WMS + 'Layer') is not None:
        continue
    degrees = [box.find(WMS + k).text for k in ('westBoundLongitude', 'southBoundLatitude', 'eastBoundLongitude', 'northBoundLatitude')]
    times = [t for d in layer.findall(WMS + 'Dimension') if d.get('name') == 'time' for t in instants(d.text)]
    print(name.text, *degrees, ','.join(times), sep='\t')
