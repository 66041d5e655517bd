-- wrk's body generator: HETK_BATCH events a request with unique UUIDv7 ids of now; one event in ten is a search out of
-- HETK_QUERIES different ones. Prints one JSON line at the end.
local ffi = require("ffi")
ffi.cdef [[
  struct timeval { long sec; long usec; };
  int gettimeofday(struct timeval *tv, void *tz);
  int getpid(void);
]]
local tv = ffi.new("struct timeval")
local batch, queries = tonumber(os.getenv("HETK_BATCH")), tonumber(os.getenv("HETK_QUERIES"))
local key, url = os.getenv("HETK_KEY"), "https://shop.example/p/"
local number = 0

function setup(thread)
  number = number + 1
  thread:set("seat", number)
end

function init()
  ffi.C.gettimeofday(tv, nil)
  math.randomseed(tonumber(tv.usec) + ffi.C.getpid() * 131 + seat * 7919)
end

local function now()
  ffi.C.gettimeofday(tv, nil)
  return tonumber(tv.sec) * 1000 + math.floor(tonumber(tv.usec) / 1000)
end

local function event(ms)
  local hex = string.format("%012x", ms)
  local id = string.format("%s-%s-7%03x-%x%03x-%06x%06x", hex:sub(1, 8), hex:sub(9, 12), math.random(0, 4095),
    math.random(8, 11), math.random(0, 4095), math.random(0, 16777215), math.random(0, 16777215))
  if math.random(10) == 1 then
    return string.format('{"id":"%s","event":"search","t":%d,"seq":%d,"props":{"query":"red shoes size %d","results":%d}}',
      id, ms, math.random(0, 99), math.random(queries), math.random(0, 40))
  end
  local item = math.random(20000)
  return string.format('{"id":"%s","event":"view_item","t":%d,"seq":%d,"props":{"items":[{"item_id":"A%d","item_name":"Kettle %d",'
    .. '"item_category":"kettles","price":%d.9,"quantity":1}],"currency":"EUR","value":%d.9}}',
    id, ms, math.random(0, 99), item, item, item % 90, item % 90)
end

-- The same event as runlight's tracker sends it: one a request.
local function foreign()
  local item = math.random(20000)
  local body = string.format('{"k":"event","n":"view_item","u":"https://shop.example/p/%d?utm_source=x","r":"https://www.google.com/",'
    .. '"t":"Kettle %d","w":390,"h":844,"l":"en","p":{"item_id":"A%d","item_category":"kettles","price":%d.9,"currency":"EUR"}}',
    math.random(20000), item, item, item % 90)
  return wrk.format("POST", "/runlight/e", {["Content-Type"] = "text/plain", ["User-Agent"] =
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}, body)
end

function request()
  if os.getenv("HETK_FORM") == "runlight" then return foreign() end
  local ms = now()
  local events = {}
  for n = 1, batch do events[n] = event(ms) end
  local body = string.format('{"v":1,"key":"%s","sent":%d,"lib":"bench/1","ctx":{"visitor":"v%d","session":"s%d","mode":"first_party",'
    .. '"consent":{"analytics":true},"url":"%s%d?utm_source=x","ref":"https://www.google.com/","lang":"en","page_type":"product",'
    .. '"locale":"en-GB","tz":"Europe/London","screen":[390,844]},"events":[%s]}',
    key, ms, math.random(50000), math.random(50000), url, math.random(20000), table.concat(events, ","))
  return wrk.format("POST", "/v1/events", {["Content-Type"] = "text/plain"}, body)
end

function done(summary, latency)
  io.write(string.format('\n{"requests":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"bad":%d}\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.timeout + summary.errors.connect + summary.errors.read + summary.errors.write))
end
