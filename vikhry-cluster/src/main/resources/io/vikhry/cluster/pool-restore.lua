-- KEYS: pool  ARGV: id
local pool = KEYS[1]
if redis.call('HDEL', pool .. ':bad', ARGV[1]) == 0 then return {'0'} end
redis.call('HDEL', pool .. ':faults', ARGV[1])
park(pool, ARGV[1])
return {'1'}
