-- Extends a lease that has not run out, and says what the worker must know.
-- KEYS: worker, workers, state, scenario, cursors, leader, halt
-- ARGV: id, fence, status, time to live in ms, how long it stays listed after it in ms, field of the cursor,
-- and of what has come although something before it has not
local time = redis.call('TIME')
local held = '0'
if alive(KEYS[1], ARGV[2]) then
  local t = now()
  local expires = text(t + ARGV[4])
  redis.call('HSET', KEYS[1], 'expires', expires, 'seen', text(t), 'status', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4] + ARGV[5])
  redis.call('ZADD', KEYS[2], expires, ARGV[1])
  held = '1'
end
local result = answer(KEYS[3], held)
result[7] = redis.call('HGET', KEYS[5], ARGV[6]) or '0'
result[8] = redis.call('HGET', KEYS[4], 'digest') or ''
result[9] = time[1]
result[10] = time[2]
result[11] = text(redis.call('EXISTS', KEYS[6]))
result[12] = redis.call('GET', KEYS[7]) or ''
result[13] = redis.call('HGET', KEYS[5], ARGV[7]) or '0'
return result
