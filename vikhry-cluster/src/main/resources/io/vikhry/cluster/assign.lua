-- KEYS: state, leader, assignment  ARGV: token, epoch, run, version, its digest, assignment without shares, worker and share…
local s = redis.call('HMGET', KEYS[1], 'state', 'epoch', 'run', 'version')
if not leads(KEYS[2], ARGV[1]) then return answer(KEYS[1], 'NOT_LEADER') end
if s[2] ~= ARGV[2] or s[3] ~= ARGV[3] then return answer(KEYS[1], 'WRONG_EPOCH') end
if s[1] == 'IDLE' then return answer(KEYS[1], 'WRONG_STATE') end
if tonumber(ARGV[4]) <= tonumber(s[4]) then
  local same = s[4] == ARGV[4] and redis.call('HGET', KEYS[3], 'digest') == ARGV[5]
  return answer(KEYS[1], same and 'DONE' or 'STALE_VERSION')
end
deal(KEYS[3], 5)
redis.call('HSET', KEYS[1], 'version', ARGV[4])
return answer(KEYS[1], 'DONE')
