-- KEYS: state (for the slot)  ARGV: prefix of worker keys, reason, longest stream, time to live in ms, worker ids…
for i = 5, #ARGV do
  local stream = ARGV[1] .. ARGV[i] .. ':commands'
  redis.call('XADD', stream, 'MAXLEN', '~', ARGV[3], '*', 'reason', ARGV[2])
  redis.call('PEXPIRE', stream, ARGV[4])
end
return {}
