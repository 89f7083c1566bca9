-- Writes state, plan and assignment again where there is no state.
-- KEYS: state, leader, plan, assignment  ARGV: token, state, epoch, run, version, since, plan, assignment or ''
if not leads(KEYS[2], ARGV[1]) then return answer(KEYS[1], 'NOT_LEADER') end
if redis.call('EXISTS', KEYS[1]) == 1 then return answer(KEYS[1], 'WRONG_STATE') end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'epoch', ARGV[3], 'run', ARGV[4], 'version', ARGV[5], 'since', ARGV[6])
redis.call('SET', KEYS[3], ARGV[7])
if ARGV[8] ~= '' then redis.call('SET', KEYS[4], ARGV[8]) end
return answer(KEYS[1], 'DONE')
