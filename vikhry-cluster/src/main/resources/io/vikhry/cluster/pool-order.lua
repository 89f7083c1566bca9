-- KEYS: pools, pool  ARGV: name, how many there must be or '', how many to order at most, digest, parameters
local pool = KEYS[2]
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('HSETNX', pool, 'next', '0')
local order = tonumber(ARGV[3])
local open = pending(pool)
if ARGV[2] ~= '' then
  order = math.min(order, ARGV[2] - (redis.call('HLEN', pool .. ':items') - redis.call('HLEN', pool .. ':bad') + open))
end
if order > 0 then
  redis.call('HSET', pool, 'digest', ARGV[4], 'params', ARGV[5])
  if open == 0 then
    redis.call('DEL', pool .. ':failed')
    redis.call('HSET', pool, 'ordered', '0', 'made', '0')
  end
  redis.call('HINCRBY', pool, 'ordered', order)
end
for _ = 1, order do
  local id = text(redis.call('HINCRBY', pool, 'next', 1))
  redis.call('RPUSH', pool .. ':todo', id)
  redis.call('HSET', pool .. ':tries', id, '0')
end
return {text(math.max(order, 0))}
