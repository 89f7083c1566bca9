-- KEYS: leader, counter of tokens  ARGV: name, time to live in ms, the highest token that the caller was given before
if redis.call('EXISTS', KEYS[1]) == 1 then return {'0'} end
local last = redis.call('GET', KEYS[2]) or '0'
local token = ticket(KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], token .. '|' .. ARGV[1], 'PX', ARGV[2])
return {token, last}
