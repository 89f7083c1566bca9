-- Takes back from holders of other runs and of workers whose lease is gone: holdings first, then what they were making.
-- KEYS: held, leader, pools, state  ARGV: token, prefix of pools, prefix of workers, how many users at most
if not leads(KEYS[2], ARGV[1]) then return {'-1'} end
local s = redis.call('HMGET', KEYS[4], 'run', 'state')
local run = (s[2] or 'IDLE') ~= 'IDLE' and s[1] or ''
local count, users = 0, 0
for _, lease in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local of, worker, fence = string.match(lease, '^([^|]*)|([^|]*)|([^|]*)$')
  if of ~= run or not alive(ARGV[3] .. worker, fence) then
    for _, vu in ipairs(redis.call('HKEYS', KEYS[1] .. ':' .. lease)) do
      if users >= tonumber(ARGV[4]) then return {text(count), '1'} end
      count = count + give_back(KEYS[1], ARGV[2], lease, vu, true)
      users = users + 1
    end
  end
end
for _, name in ipairs(redis.call('SMEMBERS', KEYS[3])) do
  local pool = ARGV[2] .. name
  local making = redis.call('HGETALL', pool .. ':making')
  for i = 1, #making, 2 do
    local worker, fence = string.match(making[i + 1], '^([^|]*)|([^|]*)$')
    if not alive(ARGV[3] .. worker, fence) then
      unmake(pool, making[i])
    end
  end
end
return {text(count), '0'}
