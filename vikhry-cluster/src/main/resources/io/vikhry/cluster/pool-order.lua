-- KEYS: pools, pool, leader
-- ARGV: name, token, how many there must be or '', how many to order at most, digest, parameters, 1 if they outlast the run
if not leads(KEYS[3], ARGV[2]) then return {'-1'} end
local pool = KEYS[2]
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('HSETNX', pool, 'next', '0')
local order = tonumber(ARGV[4])
local open = pending(pool)
if ARGV[3] ~= '' then
  order = math.min(order, ARGV[3] - (redis.call('HLEN', pool .. ':items') - redis.call('HLEN', pool .. ':bad') + open))
end
if order > 0 or open > 0 then
  -- What is open still is made by this as well: nobody may have the scenario of before any more.
  redis.call('HSET', pool, 'digest', ARGV[5], 'params', ARGV[6])
end
if order > 0 then
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
  if ARGV[7] == '1' then redis.call('SADD', pool .. ':lasting', id) end
end
return {text(math.max(order, 0))}
