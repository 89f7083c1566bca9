-- Writes state, plan and assignment again where Redis has lost them, or has gone back to older ones.
-- KEYS: state, leader, plan, assignment  ARGV: token, state, epoch, run, version, since, plan,
-- and if there is one the assignment's digest, assignment without shares, worker and share…
if not leads(KEYS[2], ARGV[1]) then return answer(KEYS[1], 'NOT_LEADER') end
local order = {IDLE = 0, PREPARING = 1, RUNNING = 2, STOPPING = 3}
local s = redis.call('HMGET', KEYS[1], 'state', 'epoch', 'version')
local epoch, wanted = tonumber(s[2] or '0'), tonumber(ARGV[3])
if epoch > wanted then return answer(KEYS[1], 'WRONG_EPOCH') end
if s[1] and epoch == wanted then
  local ahead, behind = order[s[1]] - order[ARGV[2]], tonumber(ARGV[5]) - tonumber(s[3])
  if s[1] == 'IDLE' or ahead > 0 or (ahead == 0 and behind <= 0) then return answer(KEYS[1], 'WRONG_STATE') end
  if behind < 0 then return answer(KEYS[1], 'STALE_VERSION') end
end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'epoch', ARGV[3], 'run', ARGV[4], 'version', ARGV[5], 'since', ARGV[6])
redis.call('SET', KEYS[3], ARGV[7])
if ARGV[8] then deal(KEYS[4], 8) end
return answer(KEYS[1], 'DONE')
