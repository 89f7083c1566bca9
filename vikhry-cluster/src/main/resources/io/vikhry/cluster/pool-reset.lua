-- Every item that exists becomes available; what is counted begins again.
-- KEYS: pool, held, state  ARGV: name, whether also while a run is on, how many items at most
local pool = KEYS[1]
if redis.call('EXISTS', pool) == 0 then return {'NONE'} end
if ARGV[2] == '0' and (redis.call('HGET', KEYS[3], 'state') or 'IDLE') ~= 'IDLE' then return {'HELD'} end
local left = tonumber(ARGV[3])
for _, id in ipairs(redis.call('HKEYS', pool .. ':leased')) do
  if left == 0 then return {'MORE'} end
  unlease(pool, KEYS[2], ARGV[1], id)
  park(pool, id)
  left = left - 1
end
for _, id in ipairs(redis.call('HKEYS', pool .. ':bad')) do
  if left == 0 then return {'MORE'} end
  redis.call('HDEL', pool .. ':bad', id)
  park(pool, id)
  left = left - 1
end
redis.call('UNLINK', pool .. ':faults', pool .. ':failed')
redis.call('HSET', pool, 'reclaimed', '0')
return {'DONE'}
