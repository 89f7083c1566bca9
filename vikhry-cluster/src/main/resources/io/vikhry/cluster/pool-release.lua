-- KEYS: pool, held  ARGV: name, id, run|worker|fence, vu
local pool = KEYS[1]
if redis.call('HGET', pool .. ':leased', ARGV[2]) ~= ARGV[3] .. '|' .. ARGV[4] then return {'0'} end
redis.call('HDEL', pool .. ':leased', ARGV[2])
forget(KEYS[2], ARGV[3], ARGV[4], ARGV[1] .. '/' .. ARGV[2])
park(pool, ARGV[2])
return {'1'}
