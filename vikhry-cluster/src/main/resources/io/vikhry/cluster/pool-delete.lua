-- KEYS: pools, pool  ARGV: name
local pool = KEYS[2]
if redis.call('HLEN', pool .. ':leased') > 0 then return {'0'} end
local existed = redis.call('SREM', KEYS[1], ARGV[1])
redis.call('DEL', pool)
for _, part in ipairs({'todo', 'making', 'tries', 'items', 'free', 'leased', 'bad', 'failed', 'waiting'}) do
  redis.call('DEL', pool .. ':' .. part)
end
return {text(existed)}
