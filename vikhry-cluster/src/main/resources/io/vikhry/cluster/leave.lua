-- KEYS: worker, workers  ARGV: id, fence
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[2] then return {'0'} end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return {'1'}
