-- KEYS: pool  ARGV: worker|fence, id, reason, attempts
local pool = KEYS[1]
if redis.call('HGET', pool .. ':making', ARGV[2]) ~= ARGV[1] then return {'0'} end
redis.call('HDEL', pool .. ':making', ARGV[2])
if tonumber(redis.call('HGET', pool .. ':tries', ARGV[2]) or '0') >= tonumber(ARGV[4]) then
  redis.call('HDEL', pool .. ':tries', ARGV[2])
  redis.call('HSET', pool .. ':failed', ARGV[2], ARGV[3])
else
  redis.call('RPUSH', pool .. ':todo', ARGV[2])
end
return {'1'}
