-- KEYS: cursors, metrics, leader, state
-- ARGV: token, run, first entry to keep, time to live in ms of what is not the current run's, field and cursor…
if not leads(KEYS[3], ARGV[1]) then return {'0'} end
-- First: a Redis without memory lets a script that has given some back take the rest.
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[3])
for i = 5, #ARGV, 2 do
  local old = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '0')
  if tonumber(ARGV[i + 1]) > old then redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
local s = redis.call('HMGET', KEYS[4], 'run', 'state')
if s[1] ~= ARGV[2] or s[2] == 'IDLE' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return {'1'}
