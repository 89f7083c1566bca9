-- Orders of a run that nobody has begun are dropped, and those begun are not tried again. Orders that outlast it stay.
-- KEYS: leader, pools  ARGV: token, prefix of pools, attempts
if not leads(KEYS[1], ARGV[1]) then return {'-1'} end
local dropped = 0
for _, name in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  local pool = ARGV[2] .. name
  local count = 0
  if redis.call('EXISTS', pool .. ':lasting') == 0 then
    count = redis.call('LLEN', pool .. ':todo') + redis.call('ZCARD', pool .. ':later')
    if count > 0 then redis.call('UNLINK', pool .. ':todo', pool .. ':later', pool .. ':tries') end
  else
    local todo = redis.call('LRANGE', pool .. ':todo', 0, -1)
    redis.call('UNLINK', pool .. ':todo')
    for _, id in ipairs(todo) do
      if lasts(pool, id) then
        redis.call('RPUSH', pool .. ':todo', id)
      else
        redis.call('HDEL', pool .. ':tries', id)
        count = count + 1
      end
    end
    for _, id in ipairs(redis.call('ZRANGE', pool .. ':later', 0, -1)) do
      if not lasts(pool, id) then
        redis.call('ZREM', pool .. ':later', id)
        redis.call('HDEL', pool .. ':tries', id)
        count = count + 1
      end
    end
  end
  if count > 0 then redis.call('HINCRBY', pool, 'ordered', -count) end
  dropped = dropped + count
  for _, id in ipairs(redis.call('HKEYS', pool .. ':making')) do
    if not lasts(pool, id) then redis.call('HSET', pool .. ':tries', id, ARGV[3]) end
  end
end
return {text(dropped)}
