-- Answers with Redis' clock, s and µs.
-- KEYS: leader  ARGV: token, time to live in ms; 0 gives it up
local time = redis.call('TIME')
if not leads(KEYS[1], ARGV[1]) then return {'0', time[1], time[2]} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {'1', time[1], time[2]}
