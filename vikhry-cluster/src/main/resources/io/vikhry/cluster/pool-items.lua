-- KEYS: pool  ARGV: first id, how many ids to look at, how many items at most, state or ''
local pool = KEYS[1]
local last = tonumber(redis.call('HGET', pool, 'next') or '0')
local number = math.max(1, tonumber(ARGV[1]))
local stop = math.min(last, number + ARGV[2] - 1)
local result = {{}}
while number <= stop and #result <= tonumber(ARGV[3]) do
  local id = text(number)
  local value = redis.call('HGET', pool .. ':items', id)
  local bad = redis.call('HGET', pool .. ':bad', id)
  local failed = redis.call('HGET', pool .. ':failed', id)
  local holder = redis.call('HGET', pool .. ':leased', id)
  local state = bad and 'QUARANTINED' or failed and 'FAILED' or holder and 'LEASED' or value and 'AVAILABLE' or 'PENDING'
  -- The number of a deleted item or of an order that was dropped stays empty.
  local known = value or failed or redis.call('HEXISTS', pool .. ':tries', id) == 1
  if known and (ARGV[4] == '' or ARGV[4] == state) then
    result[#result + 1] = {id, state, value or '', holder or '', bad or failed or '',
      redis.call('HGET', pool .. ':since', id) or ''}
  end
  number = number + 1
end
result[1] = {text(number), text(last)}
return result
