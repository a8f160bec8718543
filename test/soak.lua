-- Random tiles for wrk, no two alike; its argument is the file that soak_layers.py prints.
local layers, seq = {}, 0
local half = 20037508.342789244 -- metres: half the width of EPSG:3857

function init(args)
  math.randomseed(20260101)
  for line in io.lines(args[1]) do
    local name, w, s, e, n, times = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local l = { name = name, w = tonumber(w), s = math.max(-84, tonumber(s)), e = tonumber(e), n = math.min(84, tonumber(n)), times = {} }
    for t in times:gmatch("[^,]+") do l.times[#l.times + 1] = t end
    layers[#layers + 1] = l
  end
end

-- place is a random column and row of the zoom over the layer's box.
local function place(l, z)
  local lon = l.w + math.random() * (l.e - l.w)
  local lat = math.rad(l.s + math.random() * (l.n - l.s))
  local c = 2 ^ z
  local x = math.floor((lon + 180) / 360 * c) % c
  local y = math.floor((1 - math.log(math.tan(lat) + 1 / math.cos(lat)) / math.pi) / 2 * c)
  return x, math.max(0, math.min(c - 1, y))
end

function request()
  seq = seq + 1
  local l = layers[math.random(#layers)]
  local z = math.random(0, 10)
  local x, y = place(l, z)
  local time = #l.times > 0 and l.times[math.random(#l.times)] or nil
  if seq % 2 == 0 then
    return wrk.format("GET", string.format("/xyz/%s/%d/%d/%d.png?jitter=%d%s", l.name, z, x, y, seq, time and "&time=" .. time or ""))
  end
  local side, d = 2 * half / 2 ^ z, seq * 1e-5 -- metres; a pixel of zoom 10 is 153 m
  return wrk.format("GET", string.format("/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=%s&STYLES=&CRS=EPSG:3857&WIDTH=256&HEIGHT=256&FORMAT=image/png&TRANSPARENT=TRUE&BBOX=%.6f,%.6f,%.6f,%.6f%s",
    l.name, -half + x * side + d, half - (y + 1) * side - d, -half + (x + 1) * side + d, half - y * side - d, time and "&TIME=" .. time or ""))
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %.0f requests/s, p50 %.1f, p99 %.1f, max %.1f ms, %.1f KiB each; errors: status %d, timeout %d, socket %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3, summary.bytes / math.max(1, summary.requests) / 1024, e.status, e.timeout, e.connect + e.read + e.write))
  io.write(string.format("COUNT %d %d\n", summary.requests, e.status + e.timeout + e.connect + e.read + e.write))
end
