-- KEYS: leader, counter of tokens  ARGV: name, time to live in ms
if redis.call('EXISTS', KEYS[1]) == 1 then return {'0'} end
local token = ticket(KEYS[2])
redis.call('SET', KEYS[1], token .. '|' .. ARGV[1], 'PX', ARGV[2])
return {token}
