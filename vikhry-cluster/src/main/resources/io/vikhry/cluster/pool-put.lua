-- KEYS: pools, pool  ARGV: name, values…
local pool = KEYS[2]
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('HSETNX', pool, 'next', '0')
for i = 2, #ARGV do
  local id = text(redis.call('HINCRBY', pool, 'next', 1))
  redis.call('HSET', pool .. ':items', id, ARGV[i])
  park(pool, id)
end
return {}
