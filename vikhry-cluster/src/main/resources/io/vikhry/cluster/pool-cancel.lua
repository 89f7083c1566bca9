-- Orders that nobody has begun are dropped, and those begun are not tried again.
-- KEYS: leader, pools  ARGV: token, prefix of pools, attempts
if not leads(KEYS[1], ARGV[1]) then return {'-1'} end
local dropped = 0
for _, name in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  local pool = ARGV[2] .. name
  local count = redis.call('LLEN', pool .. ':todo') + redis.call('ZCARD', pool .. ':later')
  if count > 0 then
    redis.call('UNLINK', pool .. ':todo', pool .. ':later', pool .. ':tries')
    redis.call('HINCRBY', pool, 'ordered', -count)
    dropped = dropped + count
  end
  for _, id in ipairs(redis.call('HKEYS', pool .. ':making')) do
    redis.call('HSET', pool .. ':tries', id, ARGV[3])
  end
end
return {text(dropped)}
