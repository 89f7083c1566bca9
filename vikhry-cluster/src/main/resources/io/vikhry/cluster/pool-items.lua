-- KEYS: pool  ARGV: first id, how many at most
local pool = KEYS[1]
local result = {}
local last = tonumber(redis.call('HGET', pool, 'next') or '0')
for number = math.max(1, tonumber(ARGV[1])), math.min(last, ARGV[1] + ARGV[2] - 1) do
  local id = text(number)
  local value = redis.call('HGET', pool .. ':items', id)
  local bad = redis.call('HGET', pool .. ':bad', id)
  local failed = redis.call('HGET', pool .. ':failed', id)
  local holder = redis.call('HGET', pool .. ':leased', id)
  local state = bad and 'QUARANTINED' or failed and 'FAILED' or holder and 'LEASED' or value and 'AVAILABLE' or 'PENDING'
  result[#result + 1] = {id, state, value or '', holder or '', bad or failed or ''}
end
return result
