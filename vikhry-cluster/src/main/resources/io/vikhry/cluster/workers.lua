-- KEYS: workers  ARGV: prefix of worker keys
local t = now()
local result = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local lease = redis.call('HMGET', ARGV[1] .. id, 'fence', 'expires', 'seen', 'status', 'before')
  if lease[1] then
    result[#result + 1] = {lease[1], text(tonumber(lease[2]) - t), lease[3], lease[4], lease[5] or ''}
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return result
