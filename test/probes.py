"""What test/probes.sh runs: values against references, jobs, streams and alerts through kills, speed. Arguments name the parts to run."""
import base64
import collections
import datetime
import hashlib
import hmac
import http.client
import http.server
import json
import math
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

SHARED, PROGRAM, SAMPLES, WORK = (os.environ[k] for k in ("SHARED", "TILESERVER", "SAMPLES", "WORK"))
TOKEN = "of-a-test"
passed = failed = 0


def check(name, ok, detail=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print(f"{'pass' if ok else 'FAIL'}  {name}  {detail}", flush=True)


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A server on a port of its own that can be killed and started again."""

    def __init__(self, *args, env=None):
        self.args, self.port = [str(a) for a in args], port()
        self.env = {**os.environ, "ISOBAR_TOKEN": TOKEN, **(env or {})}
        self.log = open(os.path.join(WORK, f"server-{self.port}.log"), "ab")
        self.start()

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "serve", *self.args, "--listen", f"127.0.0.1:{self.port}"], env=self.env, stdout=self.log, stderr=self.log)
        for _ in range(600):
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"the server is not ready: {open(self.log.name).read()[-2000:]}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        self.process.terminate()
        self.process.wait()

    def ask(self, method, path, body=None, **headers):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            c.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json", "Authorization": "Bearer " + TOKEN, **headers})
            r = c.getresponse()
            text = r.read()
            return r.status, text, r.headers
        finally:
            c.close()

    def get(self, path):
        status, text, _ = self.ask("GET", path)
        if status != 200:
            raise ValueError(f"{path}: {status} {text[:300]!r}")
        return json.loads(text)

    def do(self, process, inputs, **more):
        status, text, headers = self.ask("POST", f"/processes/{process}/execution", {"inputs": inputs, **more})
        if status != 200:
            raise ValueError(f"{process}: {status} {text[:300]!r}")
        return json.loads(text)


# Values ----------------------------------------------------------------------------------------------------------------------------

FILES = [
    "gfs/gfs_20130214_06z_0p5_natl_f000-f072_8params.grib1", "gfs/gfs_20170322_00z_2p5_f000_all.grib2", "gfs/gfs_20130311_06z_0p5_wmed_f000-f192_wind_msl.grib1",
    "gfs/gfs_20231219_06z_0p25_f001_t_u.grib2", "gfs/gfs_20190106_12z_1p0_f006_wind_drt53_spatialdiff.grib2", "ecmwf-opendata/ifs_20240101_00z_0p4_10msg_ccsds.grib2",
    "meteofrance/arpege_20231203_06z_0p5_2t_f000-f024_jpeg.grib2", "meteofrance/arome_20260413_21z_f001_tcdc_ccsds.grib2", "hrrr/hrrr_20230722_06z_f001_skt.grib2", "cmc/gdps_20200810_00z_2t_0p15_jpeg.grib2",
]


def layer_of(server, model, message):
    """The collection and the level that show a message's element."""
    level = message["level"].split()
    names = {c["id"] for c in server.get("/collections")["collections"]}
    for name in (f"{model}.{message['element']}", f"{model}.{message['element']}_{level[0]}"):
        if name in names:
            return name
    return None


def references(name):
    """What other programs found in files, by file."""
    known = collections.defaultdict(list)
    for line in open(os.path.join(SHARED, "data", name)):
        k = json.loads(line)
        known[k["file"]].append(k)
    return known


def decimals(quantum, v):
    """How many decimals a value may have: two more than it takes to tell the steps of its packing apart, as far as a 32 bit number can tell them;
    of what is not packed, 7 digits that count."""
    if not quantum:
        return 6 - math.floor(math.log10(abs(v))) if v else 0
    least = max(math.ceil(-math.log10(quantum) - 1e-9), -2)
    return max((least + k for k in range(3) if abs(v) * 10.0 ** (least + k) <= 2**22), default=least)


def compare(server, model, messages, known, key, way):
    """Probes a file's fields at the places of the references: how many are right to the last digit that the data hold, by how much they are off
    relative to the field's largest, what is wrong."""
    good, bad, off = 0, [], [0.0, 0.0]
    for k in known:
        m = messages.get(k["message"])
        points = [p for p in k["points"] if p.get("lat") is not None and abs(p["lat"]) <= 90]
        name = layer_of(server, model, m) if m else None
        if not name or not points:
            continue
        inputs = {"coords": "MULTIPOINT(" + ",".join(f"({p['lon']} {p['lat']})" for p in points) + ")", "parameters": [name],
                  "datetime": m["valid"], "run": m["run"], "shape": "single", "interpolation": way}
        if level := re.search(r"pressure ([\d.]+)", m["level"]):
            inputs["levels"] = [float(level[1])]
        try:
            got = server.do("probe", inputs)
        except ValueError as e:
            bad.append(str(e))
            continue
        own = [n for n in got["features"][0]["properties"] if n not in ("forecastTime", "runTime")][0]
        spread = max([abs(p[key]) for p in points if p[key] is not None] + [abs(m["min"] or 0), abs(m["max"] or 0)]) or 1
        for p, f in zip(points, got["features"]):
            v = f["properties"][own]
            if v is None or p[key] is None:
                ok, few = v is p[key], True
            else:
                most = decimals(m.get("quantum"), v)
                error = max(abs(v - p[key]) - 0.5 * 10.0**-most, 0) / spread
                ok, few = error < 2e-6, abs(v - round(v, max(most, 0))) < 1e-12 * max(abs(v), 1)
                off = [max(off[0], abs(v - p[key]) / spread), max(off[1], error)]
            good += ok and few
            if not ok or not few:
                bad.append(f"message {k['message']} {name} at {p['lon']},{p['lat']} in steps of {m.get('quantum')}: {v}, want {p[key]}" + ("" if few else " with fewer digits"))
    return good, off, bad


def values():
    bilinear, at_cells = references("reference-bilinear.jsonl"), references("reference.jsonl")
    for file in FILES:
        path = os.path.join(SHARED, "data", file)
        inspected = subprocess.run([PROGRAM, "inspect", "--json", path], capture_output=True, text=True).stdout
        messages = {m["message"]: m for m in map(json.loads, inspected.splitlines())}
        same = collections.Counter((m["element"], m["level"], m["member"], m["run"], m["valid"]) for m in messages.values())
        single = {n: m for n, m in messages.items() if same[m["element"], m["level"], m["member"], m["run"], m["valid"]] == 1 and m["min"] is not None}
        server = Server(path, "--data", os.path.join(WORK, "v-" + os.path.basename(file)))
        try:
            model = next(c["id"] for c in server.get("/collections")["collections"] if c["itemType"] == "coverage" and "." not in c["id"])
            for known, key, way in ((bilinear, "bilinear", "bilinear"), (at_cells, "value", "nearest")):
                good, (off, beyond), bad = compare(server, model, single, known[file][:60], key, way)
                if good or bad:
                    check(f"{way} values of {os.path.basename(file)}", not bad, f"{good} values, off by {off:.1e} at most, {beyond:.1e} beyond the last digit of the data; " + "; ".join(bad[:2]))
        finally:
            server.end()


# Jobs ------------------------------------------------------------------------------------------------------------------------------

def until(what, ok, seconds=30):
    end = time.time() + seconds
    while time.time() < end:
        try:
            v = ok()
            if v:
                return v
        except (OSError, ValueError):
            pass
        time.sleep(0.02)
    raise TimeoutError(what)


def jobs():
    sample = os.path.join(SAMPLES, "gfs_20130214_06z_0p5_natl_f000-f072_8params.grib1")
    server = Server(sample, "--data", os.path.join(WORK, "jobs"))
    try:
        status, text, headers = server.ask("POST", "/processes/echo/execution", {"inputs": {"message": "still there", "pause": 3}, "response": "document"}, Prefer="respond-async")
        job = json.loads(text)["jobID"]
        check("a job is taken over", status == 201 and headers["Location"].endswith("/jobs/" + job))
        until("running", lambda: server.get("/jobs/" + job)["status"] == "running")
        server.kill()
        server.start()
        end = until("done", lambda: (s := server.get("/jobs/" + job))["status"] in ("successful", "failed") and s)
        status, text, _ = server.ask("GET", f"/jobs/{job}/results")
        check("a job killed once is done", end["status"] == "successful" and status == 200 and json.loads(text)["message"] == "still there", end["status"])

        _, text, _ = server.ask("POST", "/processes/echo/execution", {"inputs": {"message": "x", "pause": 20}}, Prefer="respond-async")
        job = json.loads(text)["jobID"]
        for _ in range(2):
            until("running", lambda: server.get("/jobs/" + job)["status"] == "running")
            time.sleep(0.1)
            server.kill()
            server.start()
        end = until("done", lambda: (s := server.get("/jobs/" + job))["status"] in ("successful", "failed") and s)
        status, text, _ = server.ask("GET", f"/jobs/{job}/results")
        check("a job killed twice has failed, and says why", end["status"] == "failed" and end.get("message") and status == 500, end.get("message"))

        _, text, _ = server.ask("POST", "/processes/echo/execution", {"inputs": {"message": "x", "pause": 20}}, Prefer="respond-async")
        job = json.loads(text)["jobID"]
        until("running", lambda: server.get("/jobs/" + job)["status"] == "running")
        status, text, _ = server.ask("DELETE", "/jobs/" + job)
        check("a job is dismissed", status == 200 and json.loads(text)["status"] == "dismissed" and server.get("/jobs/" + job)["status"] == "dismissed")

        kept = server.do("probe", {"features": "airports", "collection": "gfs-0p5-natl", "parameters": ["t2m"], "datetime": "2013-02-15T00:00:00Z", "store": True, "title": "Airports"})
        items = server.get(f"/collections/{kept['collection']}/items?limit=1000&filter=t2m%20%3E%20280")
        check("a result is kept as features, and found by value", kept["numberMatched"] == 891 and 0 < items["numberMatched"] < 891, f"{items['numberMatched']} of {kept['numberMatched']} above 280 K")
        server.kill()
        server.start()
        check("what is kept survives a kill", server.get(f"/collections/{kept['collection']}/items?limit=1")["numberMatched"] == 891)
    finally:
        server.end()


# Streams and alerts ----------------------------------------------------------------------------------------------------------------

def fresh_steps(folder):
    """The sample's steps as files of their own, of a run that began lately."""
    data = open(os.path.join(SAMPLES, "gfs_20130214_06z_0p5_natl_f000-f072_8params.grib1"), "rb").read()
    now = datetime.datetime.now(datetime.timezone.utc)
    run = now.replace(hour=now.hour // 6 * 6, minute=0, second=0, microsecond=0)
    steps, at = collections.defaultdict(bytearray), 0
    while at < len(data):
        if data[at:at + 4] != b"GRIB":
            at += 1
            continue
        size = int.from_bytes(data[at + 4:at + 7], "big")
        m = bytearray(data[at:at + size])
        m[8 + 12], m[8 + 13], m[8 + 14], m[8 + 15], m[8 + 24] = run.year % 100, run.month, run.day, run.hour, 21
        steps[max(m[8 + 18], m[8 + 19])] += m  # P1, P2: hours
        at += size
    os.makedirs(folder, exist_ok=True)
    files = []
    for hours in sorted(steps):
        files.append((run + datetime.timedelta(hours=hours), os.path.join(folder, f"step-{hours:03}.grib1")))
        open(files[-1][1], "wb").write(steps[hours])
    return files


class Receiver(http.server.BaseHTTPRequestHandler):
    """Who is told of alerts. What is not signed with the secret, as Standard Webhooks has it, is not heard."""
    heard, forged = [], 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = f"{self.headers['Webhook-Id']}.{self.headers['Webhook-Timestamp']}.".encode() + body
        want = "v1," + base64.b64encode(hmac.new(b"s", signed, hashlib.sha256).digest()).decode()
        if hmac.compare_digest(self.headers.get("Webhook-Signature", ""), want) and abs(time.time() - int(self.headers["Webhook-Timestamp"])) < 300:
            Receiver.heard.append(json.loads(body))
        else:
            Receiver.forged += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def listen(server, heard):
    """Hears events with the times that they came at."""
    def run():
        r = urllib.request.urlopen(f"http://127.0.0.1:{server.port}/events")
        for line in r:
            if line.startswith(b"data: {\"spec"):
                heard.append((time.time(), json.loads(line[6:])))
    threading.Thread(target=run, daemon=True).start()
    time.sleep(0.2)


def streams():
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    config = os.path.join(WORK, "streams.yaml")
    open(config, "w").write("callbacks: [127.0.0.1]\nstreams:\n- {id: standing, title: Airports, features: airports, layers: [gfs-0p5-natl.t2m, gfs-0p5-natl.ws10], keep: 240h}\n"
                             f"alerts:\n- {{id: declared, title: Wind, model: gfs-0p5-natl, expression: ws10 > 1, features: airports, end: 72h, webhooks: [{{url: 'http://127.0.0.1:{receiver.server_port}/', secret: s}}]}}\n")
    steps = fresh_steps(os.path.join(WORK, "steps"))
    inbox, data = os.path.join(WORK, "inbox"), os.path.join(WORK, "streams")
    os.makedirs(inbox)

    def drop(file):
        name = os.path.join(inbox, os.path.basename(file))
        os.link(file, name + ".part")
        os.rename(name + ".part", name)

    drop(steps[0][1])
    server = Server(inbox, "--data", data, "--config", config)
    rng = random.Random(7)
    try:
        status, text, _ = server.ask("POST", "/alerts", {"id": "windy", "title": "Wind", "expression": "ws10 > 1", "model": "gfs-0p5-natl", "features": "airports", "end": 72,
                                                         "webhooks": [{"url": f"http://127.0.0.1:{receiver.server_port}/", "secret": "s"}]})
        check("an alert is made", status == 201, text[:200] if status != 201 else "")
        kills = 0
        for i, (valid, file) in enumerate(steps[1:]):
            if i % 3 == 2:  # another process, beside the server
                subprocess.run([PROGRAM, "ingest", file, "--data", data], check=True, capture_output=True)
            else:
                drop(file)
            time.sleep(rng.uniform(0, 0.9))
            if i % 2 == 0:
                server.kill()
                kills += 1
                server.start()
        times = [valid.strftime("%Y-%m-%dT%H:%M:%SZ") for valid, _ in steps]
        first = server.get("/streams/standing")["features"]["features"][0]["id"]

        def series():
            return server.get(f"/streams/standing/series?ids={first}")["features"]
        try:
            got = until("all steps", lambda: (s := series()) and len(s[0]["properties"]["forecastTime"]["t2m"]) >= len(times) and s, 40)[0]["properties"]["forecastTime"]["t2m"]
        except TimeoutError:
            got = series()
            got = got[0]["properties"]["forecastTime"]["t2m"] if got else []
        check(f"a stream misses no step and doubles none over {kills} kills", got == times, f"{len(got)} of {len(times)} steps")
        matched = server.get("/collections/standing/items?limit=1")["numberMatched"]
        check("each place has each step once", matched == 891 * len(times), f"{matched} features")
        right = 0
        for valid in times:
            kept = {f["properties"]["featureId"]: f["properties"]["t2m"] for f in server.get(f"/collections/standing/items?limit=1000&datetime={valid}")["features"]}
            probe = server.do("probe", {"features": "airports", "collection": "gfs-0p5-natl", "parameters": ["t2m"], "datetime": valid})
            right += sum(kept.get(f["id"]) == f["properties"]["t2m"] for f in probe["features"])
        check("what is kept is what a probe gives", right == 891 * len(times), f"{right} values are equal")
        until("fired", lambda: server.get("/alerts/windy")["state"]["fired"] > 0)
        until("told", lambda: len({e["subject"] for e in Receiver.heard}) == 2)
        time.sleep(2)
        for alert, name in ("windy", "an alert fires once"), ("declared", "an alert of the configuration fires once, however often it is set up"):
            state = server.get("/alerts/" + alert)["state"]
            ids = collections.Counter(e["id"] for e in Receiver.heard if e["type"] == "org.isobar.alert.fired" and e["subject"] == alert)
            check(name, state["fired"] == 1 and len(ids) == 1, f"fired {state['fired']}, told {sum(ids.values())} times of {len(ids)} events over {kills} kills")
        check("webhooks are signed with their secret", Receiver.heard and not Receiver.forged, f"{len(Receiver.heard)} are, {Receiver.forged} are not")
        feature = server.get("/collections/alerts/items/windy")
        check("an alert is a feature", feature["properties"]["active"] is True and feature["properties"]["fired"] == 1)
    finally:
        server.end()

    # How fast values are kept: a server that has all but the last step.
    inbox = os.path.join(WORK, "inbox2")
    os.makedirs(inbox)
    for _, file in steps[:-3]:
        drop(file)
    server = Server(inbox, "--data", os.path.join(WORK, "streams2"), "--config", config)
    try:
        heard = []
        until("kept", lambda: server.get("/collections/standing/items?limit=1")["numberMatched"] == 891 * (len(steps) - 3))
        listen(server, heard)
        took = []
        for valid, file in steps[-3:]:
            subject = valid.strftime("%Y-%m-%dT%H:%M:%SZ")
            dropped = time.time()
            drop(file)
            arrived = until("arrived", lambda: [t for t, e in heard if e["type"] == "org.isobar.step.published" and e["subject"] == subject])[0]
            kept = until("kept", lambda: [t for t, e in heard if e["type"] == "org.isobar.stream.updated" and subject in json.dumps(e)])[0]
            took.append((kept - arrived, kept - dropped))
        check("891 airports are kept within a second of a step's arrival", max(t for t, _ in took) < 1,
              f"at most {max(t for t, _ in took) * 1000:.0f} ms after the step is published, {max(t for _, t in took) * 1000:.0f} ms after its file is there")
    finally:
        server.end()


# Speed -----------------------------------------------------------------------------------------------------------------------------

def speed():
    server = Server(os.path.join(SHARED, "data/gfs/gfs_20130311_06z_0p5_wmed_f000-f192_wind_msl.grib1"),
                    os.path.join(SAMPLES, "gfs_20130214_06z_0p5_natl_f000-f072_8params.grib1"), "--data", os.path.join(WORK, "speed"))
    try:
        model = next(c["id"] for c in server.get("/collections")["collections"] if c["itemType"] == "coverage" and "." not in c["id"] and c["id"] != "gfs-0p5-natl")
        c = http.client.HTTPConnection("127.0.0.1", server.port)
        for name, method, path in (("as a process", "POST", "/processes/timeseries/execution"), ("by EDR", "GET", None)):
            took, steps = [], 0
            rng = random.Random(1)
            for i in range(400):
                lon, lat = rng.uniform(0, 8), rng.uniform(38, 43)
                at = time.perf_counter()
                if path:
                    c.request(method, path, json.dumps({"inputs": {"coords": f"POINT({lon} {lat})", "collection": model, "parameters": ["msl"]}}), {"Content-Type": "application/json"})
                else:
                    c.request(method, f"/collections/{model}/position?coords=POINT({lon}%20{lat})&parameter-name=msl")
                r = c.getresponse()
                body = r.read()
                took.append(time.perf_counter() - at)
                if i == 0:
                    steps = len(json.loads(body)["domain"]["axes"]["t"]["values"])
            p50 = statistics.median(took[50:]) * 1000
            check(f"one place, one element, {steps} steps {name}: p50 under 2 ms", p50 < 2 and steps == 65, f"p50 {p50:.2f} ms, p99 {sorted(took[50:])[-4] * 1000:.2f} ms")
        rng = random.Random(2)
        places = {"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": str(i), "geometry": {"type": "Point", "coordinates": [round(rng.uniform(-35, 6), 4), round(rng.uniform(25, 47), 4)]}, "properties": {}} for i in range(10_000)]}
        for name, shape, accept in (("features, lists", "arrays", "application/geo+json"), ("CoverageJSON", "arrays", "application/vnd.cov+json"), ("features, times once", "compact", "application/geo+json"), ("CSV", "arrays", "text/csv")):
            body = json.dumps({"inputs": {"features": places, "collection": "gfs-0p5-natl", "parameters": ["t2m", "d2m", "r2m", "u10", "v10", "msl", "gust", "ws10"], "shape": shape}})
            took = []
            for _ in range(5):
                at = time.perf_counter()
                c.request("POST", "/processes/probe/execution", body, {"Content-Type": "application/json", "Accept": accept})
                r = c.getresponse()
                text = r.read()
                took.append(time.perf_counter() - at)
            check(f"10,000 places x 8 elements x 13 steps as {name}: under 1 s", r.status == 200 and min(took[1:]) < 1,
                  f"median {statistics.median(took) * 1000:.0f} ms, {len(text) / 1e6:.1f} MB" if r.status == 200 else text[:300])
    finally:
        server.end()


# The page -------------------------------------------------------------------------------------------------------------------------

def page():
    """Every command of docs/probes.md."""
    text = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "probes.md")).read()
    server = Server(*(os.path.join(SAMPLES, f) for f in sorted(os.listdir(SAMPLES)) if ".grib" in f), "--data", os.path.join(WORK, "page"))
    try:
        script = "set -e -o pipefail\ncd " + WORK + "\n"
        for block in re.findall(r"```sh\n(.*?)```", text, re.S):
            script += block.replace("http://127.0.0.1:8080", f"http://127.0.0.1:{server.port}")
        commands = script.count("curl ")
        r = subprocess.run(["bash", "-x", "-c", script], capture_output=True, text=True, env={**os.environ, "ISOBAR_TOKEN": TOKEN})
        check(f"{commands} commands of docs/probes.md work", r.returncode == 0, "" if r.returncode == 0 else r.stderr[-600:])
    finally:
        server.end()


parts = {"values": values, "jobs": jobs, "streams": streams, "speed": speed, "page": page}
for part in sys.argv[1:] or parts:
    print("==", part, flush=True)
    try:
        parts[part]()
    except (Exception, SystemExit) as e:  # what is left of the part is not tried
        check(part, False, f"{type(e).__name__}: {e}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
