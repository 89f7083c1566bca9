-- Ends a lease at once. The worker stays listed for a moment, so that everybody sees that it meant to leave.
-- KEYS: worker, workers  ARGV: id, fence, status, how long it stays listed in ms
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[2] then return {'0'} end
local t = text(now())
redis.call('HSET', KEYS[1], 'expires', t, 'seen', t, 'status', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[2], t, ARGV[1])
return {'1'}
