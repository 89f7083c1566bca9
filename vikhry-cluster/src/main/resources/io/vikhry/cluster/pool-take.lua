-- KEYS: worker, state  ARGV: prefix of pools, worker, fence, how many at most, digest of its scenario, the run it works for, pools…
local result = {}
if not alive(KEYS[1], ARGV[3]) then return result end
-- Who has not heard of the run under way does not know what that forbids.
local s = redis.call('HMGET', KEYS[2], 'state', 'run')
if s[1] and s[1] ~= 'IDLE' and s[2] ~= ARGV[6] then return result end
-- What a run has ordered is not made any more once that ends, whoever puts it back after it was cancelled.
local over = not s[1] or s[1] == 'IDLE' or s[1] == 'STOPPING'
local most, dropped = tonumber(ARGV[4]), 0
for i = 7, #ARGV do
  local pool = ARGV[1] .. ARGV[i]
  local recipe = redis.call('HMGET', pool, 'digest', 'params')
  if recipe[1] == ARGV[5] then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', pool .. ':later', '-inf', text(now()), 'LIMIT', 0, most)) do
      redis.call('ZREM', pool .. ':later', id)
      redis.call('RPUSH', pool .. ':todo', id)
    end
    while #result < most and dropped < 5000 do
      local id = redis.call('LPOP', pool .. ':todo')
      if not id then break end
      if over and not lasts(pool, id) then
        redis.call('HDEL', pool .. ':tries', id)
        redis.call('HINCRBY', pool, 'ordered', -1)
        dropped = dropped + 1
      else
        redis.call('HSET', pool .. ':making', id, ARGV[2] .. '|' .. ARGV[3])
        result[#result + 1] = {ARGV[i], id, text(redis.call('HINCRBY', pool .. ':tries', id, 1)), recipe[2]}
      end
    end
  end
end
return result
