-- KEYS: gone, state  ARGV: worker|fence, users, run, time to live in ms of what is not the current run's
tally(KEYS[1], ARGV[1], tonumber(ARGV[2]))
local s = redis.call('HMGET', KEYS[2], 'run', 'state')
if s[1] ~= ARGV[3] or s[2] == 'IDLE' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return {}
