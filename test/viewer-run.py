# viewer-run.py FROM TO HOURS: a GRIB 1 file again, as if its run had begun some hours later.
import datetime, sys

source, target, hours = sys.argv[1], sys.argv[2], int(sys.argv[3])
data, at = bytearray(open(source, "rb").read()), 0
while (at := data.find(b"GRIB", at)) >= 0:
    pds = at + 8  # section 1: octets 13 to 17 are year of century, month, day, hour, minute; octet 25 is the century
    year, month, day, hour = data[pds + 12 : pds + 16]
    run = datetime.datetime(100 * (data[pds + 24] - 1) + year, month, day, hour) + datetime.timedelta(hours=hours)
    data[pds + 12 : pds + 16] = run.year - 100 * (data[pds + 24] - 1), run.month, run.day, run.hour
    at += int.from_bytes(data[at + 4 : at + 7])
open(target, "wb").write(data)
