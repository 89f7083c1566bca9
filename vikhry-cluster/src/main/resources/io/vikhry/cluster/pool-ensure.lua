-- KEYS: pools, pool  ARGV: name, how many there must be, how many to order at most
local pool = KEYS[2]
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('HSETNX', pool, 'next', '0')
local have = redis.call('HLEN', pool .. ':items') - redis.call('HLEN', pool .. ':bad')
  + redis.call('LLEN', pool .. ':todo') + redis.call('HLEN', pool .. ':making')
local order = math.min(ARGV[2] - have, tonumber(ARGV[3]))
for _ = 1, order do
  redis.call('RPUSH', pool .. ':todo', redis.call('HINCRBY', pool, 'next', 1))
end
return {text(math.max(order, 0))}
