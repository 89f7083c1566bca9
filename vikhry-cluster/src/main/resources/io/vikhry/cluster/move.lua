-- From one state to the next within an epoch; on the way to IDLE the run's keys begin to expire.
-- KEYS: state, leader  ARGV: token, epoch, from, to, prefix of run keys, their time to live in ms
local s = redis.call('HMGET', KEYS[1], 'state', 'epoch', 'run')
if not leads(KEYS[2], ARGV[1]) then return answer(KEYS[1], 'NOT_LEADER') end
if s[2] ~= ARGV[2] then return answer(KEYS[1], 'WRONG_EPOCH') end
if s[1] == ARGV[4] then return answer(KEYS[1], 'DONE') end
if s[1] ~= ARGV[3] then return answer(KEYS[1], 'WRONG_STATE') end
redis.call('HSET', KEYS[1], 'state', ARGV[4], 'since', text(now()))
if ARGV[4] == 'IDLE' then
  for _, part in ipairs({'plan', 'assignment', 'course', 'metrics', 'cursors', 'once', 'barriers', 'gone'}) do
    redis.call('PEXPIRE', ARGV[5] .. s[3] .. ':' .. part, ARGV[6])
  end
end
return answer(KEYS[1], 'DONE')
