-- wrk as a second instrument: POST /echo, optional exponential think time, and a dump of the whole histogram.
-- WRK_BODY bytes of body, WRK_CONNECTIONS as given to -c, WRK_THINK_MS mean think time (0: none), WRK_CLOSE 1 for a connection per request,
-- WRK_HIST where to write the histogram.
wrk.method = "POST"
wrk.body = string.rep("a", tonumber(os.getenv("WRK_BODY") or "1024"))
wrk.headers["Content-Type"] = "application/octet-stream"
if os.getenv("WRK_CLOSE") == "1" then wrk.headers["Connection"] = "close" end

local think = tonumber(os.getenv("WRK_THINK_MS") or "0")

if think > 0 then
  local seeded = false
  function delay()
    if not seeded then
      math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16) % 2 ^ 31) -- threads must not think in step
      seeded = true
    end
    local wait = -think * math.log(1 - math.random())
    return math.floor(wait + math.random()) -- whole milliseconds, rounded at random so that the mean stays
  end
end

function done(summary, latency)
  local file = io.open(os.getenv("WRK_HIST") or "wrk_hist.csv", "w")
  local e = summary.errors
  file:write(string.format(
    "# connections=%d duration_us=%d requests=%d bytes=%d connect=%d read=%d write=%d status=%d timeout=%d min_us=%d max_us=%d\n",
    tonumber(os.getenv("WRK_CONNECTIONS") or "0"), summary.duration, summary.requests, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout,
    latency.min, latency.max))
  file:write("value_us,count\n")
  for i = 1, #latency do
    local value, count = latency(i)
    file:write(string.format("%d,%d\n", value, count))
  end
  file:close()
end
