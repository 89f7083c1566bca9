-- KEYS: worker, workers, counter of fences  ARGV: id, status, time to live in ms, how long it stays listed after it in ms,
-- the highest fence that the caller was given before
local t = now()
local lease = redis.call('HMGET', KEYS[1], 'expires', 'status', 'fence', 'seen', 'before')
if lease[1] and tonumber(lease[1]) > t then
  return {'0', text(tonumber(lease[1]) - t), lease[2]}
end
local fence = ticket(KEYS[3], ARGV[5])
local expires = text(t + ARGV[3])
-- The newest leases before this one, as `fence|seen,`: when they were renewed last tells what their holders can have done.
local before = ''
if lease[3] then
  before = lease[3] .. '|' .. lease[4] .. ','
  for earlier in string.gmatch(lease[5] or '', '[^,]+,') do
    if #before < 200 then before = before .. earlier end
  end
end
redis.call('HSET', KEYS[1], 'fence', fence, 'expires', expires, 'seen', text(t), 'status', ARGV[2], 'before', before)
redis.call('PEXPIRE', KEYS[1], ARGV[3] + ARGV[4])
redis.call('ZADD', KEYS[2], expires, ARGV[1])
return {fence}
