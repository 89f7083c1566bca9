-- KEYS: worker  ARGV: prefix of pools, worker, fence, how many at most, pools…
local result = {}
if not alive(KEYS[1], ARGV[3]) then return result end
for i = 5, #ARGV do
  local pool = ARGV[1] .. ARGV[i]
  while #result < tonumber(ARGV[4]) do
    local id = redis.call('LPOP', pool .. ':todo')
    if not id then break end
    redis.call('HSET', pool .. ':making', id, ARGV[2] .. '|' .. ARGV[3])
    result[#result + 1] = {ARGV[i], id, text(redis.call('HINCRBY', pool .. ':tries', id, 1))}
  end
end
return result
