-- KEYS: scenario, leader  ARGV: token, digest, class, source
if not leads(KEYS[2], ARGV[1]) then return {'0'} end
redis.call('HSET', KEYS[1], 'digest', ARGV[2], 'class', ARGV[3], 'source', ARGV[4])
return {'1'}
