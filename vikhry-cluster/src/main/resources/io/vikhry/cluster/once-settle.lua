-- KEYS: once  ARGV: key, worker|fence|vu that computed, VALUE or FAILED or LEFT, the value or the reason
if redis.call('HGET', KEYS[1], 'h:' .. ARGV[1]) ~= ARGV[2] then return {'0'} end
redis.call('HDEL', KEYS[1], 'h:' .. ARGV[1])
if ARGV[3] == 'VALUE' then
  redis.call('HSET', KEYS[1], 'v:' .. ARGV[1], ARGV[4])
elseif ARGV[3] == 'FAILED' then
  local count = string.match(redis.call('HGET', KEYS[1], 'f:' .. ARGV[1]) or '0|', '^(%d+)|')
  redis.call('HSET', KEYS[1], 'f:' .. ARGV[1], (count + 1) .. '|' .. ARGV[4])
end
return {'1'}
