-- The value is written before the id can be had.
-- KEYS: pool  ARGV: worker|fence, id, value
local pool = KEYS[1]
if redis.call('HGET', pool .. ':making', ARGV[2]) ~= ARGV[1] then return {'0'} end
redis.call('HSET', pool .. ':items', ARGV[2], ARGV[3])
redis.call('HDEL', pool .. ':making', ARGV[2])
redis.call('HDEL', pool .. ':tries', ARGV[2])
redis.call('SREM', pool .. ':lasting', ARGV[2])
redis.call('HINCRBY', pool, 'made', 1)
park(pool, ARGV[2])
return {'1'}
