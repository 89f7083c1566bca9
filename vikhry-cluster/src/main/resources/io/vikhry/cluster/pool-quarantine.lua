-- KEYS: pool, held  ARGV: name, id, reason
local pool = KEYS[1]
if redis.call('HEXISTS', pool .. ':items', ARGV[2]) == 0 then return {'0'} end
redis.call('ZREM', pool .. ':free', ARGV[2])
local holder = redis.call('HGET', pool .. ':leased', ARGV[2])
if holder then
  local lease, vu = string.match(holder, '^(.*)|([^|]*)$')
  redis.call('HDEL', pool .. ':leased', ARGV[2])
  forget(KEYS[2], lease, vu, ARGV[1] .. '/' .. ARGV[2])
end
redis.call('HSET', pool .. ':bad', ARGV[2], ARGV[3])
return {'1'}
