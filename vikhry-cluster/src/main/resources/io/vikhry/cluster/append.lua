-- KEYS: metrics, state  ARGV: run, batch, longest stream, time to live in ms of what is not the current run's
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'b', ARGV[2])
local s = redis.call('HMGET', KEYS[2], 'run', 'state')
if s[1] ~= ARGV[1] or s[2] == 'IDLE' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return {}
