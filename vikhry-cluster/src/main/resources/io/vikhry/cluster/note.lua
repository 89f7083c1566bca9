-- Keeps what the next leader of a run must know.
-- KEYS: course, leader, state  ARGV: token, run, course, time to live in ms of what is not the current run's
if not leads(KEYS[2], ARGV[1]) then return {'0'} end
redis.call('SET', KEYS[1], ARGV[3])
local s = redis.call('HMGET', KEYS[3], 'run', 'state')
if s[1] ~= ARGV[2] or s[2] == 'IDLE' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return {'1'}
