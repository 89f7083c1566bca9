-- KEYS: pool, held  ARGV: name, id, run|worker|fence, vu, what is wrong with it or '', faults in a row that take it out of use
local pool = KEYS[1]
local id = ARGV[2]
if redis.call('HGET', pool .. ':leased', id) ~= ARGV[3] .. '|' .. ARGV[4] then return {'NOT_HELD'} end
redis.call('HDEL', pool .. ':leased', id)
settled(pool, ARGV[3] .. '|' .. ARGV[4], id)
forget(KEYS[2], ARGV[3], ARGV[4], ARGV[1] .. '/' .. id)
if ARGV[5] == '' then
  redis.call('HDEL', pool .. ':faults', id)
elseif redis.call('HINCRBY', pool .. ':faults', id, 1) >= tonumber(ARGV[6]) then
  quarantine(pool, id, ARGV[5])
  return {'QUARANTINED'}
end
park(pool, id)
return {'RELEASED'}
