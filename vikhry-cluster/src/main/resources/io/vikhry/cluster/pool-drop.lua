-- KEYS: pool, held  ARGV: name, id, whether also from who holds it
local pool = KEYS[1]
local id = ARGV[2]
if not exists(pool, id) and redis.call('HEXISTS', pool .. ':failed', id) == 0 then return {'NONE'} end
if ARGV[3] == '0' and redis.call('HEXISTS', pool .. ':leased', id) == 1 then return {'HELD'} end
unlease(pool, KEYS[2], ARGV[1], id)
redis.call('ZREM', pool .. ':free', id)
for _, part in ipairs({'items', 'since', 'faults', 'bad', 'failed'}) do
  redis.call('HDEL', pool .. ':' .. part, id)
end
return {'DONE'}
