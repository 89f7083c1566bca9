-- KEYS: pool  ARGV: worker|fence, id, reason, attempts, pause before the second in ms (each further one doubles it)
local pool = KEYS[1]
if redis.call('HGET', pool .. ':making', ARGV[2]) ~= ARGV[1] then return {'0'} end
redis.call('HDEL', pool .. ':making', ARGV[2])
local tries = tonumber(redis.call('HGET', pool .. ':tries', ARGV[2]) or '0')
if tries >= tonumber(ARGV[4]) then
  redis.call('HDEL', pool .. ':tries', ARGV[2])
  redis.call('SREM', pool .. ':lasting', ARGV[2])
  redis.call('HSET', pool .. ':failed', ARGV[2], ARGV[3])
  mark(pool, ARGV[2])
else
  redis.call('ZADD', pool .. ':later', now() + ARGV[5] * 2 ^ math.max(0, tries - 1), ARGV[2])
end
return {'1'}
