-- KEYS: pools, pool, held  ARGV: name, whether also from those who hold of it
local pool = KEYS[2]
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return {'NONE'} end
if ARGV[2] == '0' and redis.call('HLEN', pool .. ':leased') > 0 then return {'HELD'} end
redis.call('SREM', KEYS[1], ARGV[1])
redis.call('UNLINK', pool)
for _, part in ipairs({'todo', 'later', 'making', 'tries', 'items', 'free', 'leased', 'since', 'faults', 'bad', 'failed',
    'line', 'waiting', 'lasting', 'asked'}) do
  redis.call('UNLINK', pool .. ':' .. part)
end
return {'DONE'}
