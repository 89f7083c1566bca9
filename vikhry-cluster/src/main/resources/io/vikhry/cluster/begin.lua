-- IDLE -> PREPARING with a new epoch and its plan.
-- KEYS: state, leader, plan, course  ARGV: token, epoch, run, plan
local s = redis.call('HMGET', KEYS[1], 'state', 'epoch', 'run')
local state, epoch = s[1] or 'IDLE', s[2] or '0'
if not leads(KEYS[2], ARGV[1]) then return answer(KEYS[1], 'NOT_LEADER') end
if state == 'PREPARING' and epoch == ARGV[2] and s[3] == ARGV[3] and redis.call('GET', KEYS[3]) == ARGV[4] then
  return answer(KEYS[1], 'DONE')
end
if state ~= 'IDLE' then return answer(KEYS[1], 'WRONG_STATE') end
if tonumber(epoch) + 1 ~= tonumber(ARGV[2]) then return answer(KEYS[1], 'WRONG_EPOCH') end
redis.call('HSET', KEYS[1], 'state', 'PREPARING', 'epoch', ARGV[2], 'run', ARGV[3], 'version', '0', 'since', text(now()))
redis.call('SET', KEYS[3], ARGV[4])
redis.call('PERSIST', KEYS[4])
return answer(KEYS[1], 'DONE')
