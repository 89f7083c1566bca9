-- KEYS: leader  ARGV: token, time to live in ms; 0 gives it up
if not leads(KEYS[1], ARGV[1]) then return {'0'} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {'1'}
