-- KEYS: pools  ARGV: prefix of pools, one pool or ''
local result = {}
local t = now()
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if ARGV[2] == '' or ARGV[2] == name then
    local pool = ARGV[1] .. name
    local waiting = 0
    local all = redis.call('HGETALL', pool .. ':waiting')
    for i = 1, #all, 2 do
      local users, till = string.match(all[i + 1], '^(%d+)|(%d+)$')
      if tonumber(till) > t then waiting = waiting + users end
    end
    local counters = redis.call('HMGET', pool, 'reclaimed', 'grants', 'ordered', 'made')
    result[#result + 1] = {name,
      text(redis.call('HLEN', pool .. ':items')), text(redis.call('ZCARD', pool .. ':free')),
      text(redis.call('HLEN', pool .. ':leased')), text(redis.call('HLEN', pool .. ':bad')),
      text(pending(pool)), text(redis.call('HLEN', pool .. ':failed')), text(waiting),
      counters[1] or '0', counters[2] or '0', counters[3] or '0', counters[4] or '0'}
  end
end
return result
