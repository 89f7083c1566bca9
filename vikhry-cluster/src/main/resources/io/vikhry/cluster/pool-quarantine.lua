-- KEYS: pool, held  ARGV: name, id, reason
local pool = KEYS[1]
if not exists(pool, ARGV[2]) then return {'0'} end
redis.call('ZREM', pool .. ':free', ARGV[2])
unlease(pool, KEYS[2], ARGV[1], ARGV[2])
quarantine(pool, ARGV[2], ARGV[3])
return {'1'}
