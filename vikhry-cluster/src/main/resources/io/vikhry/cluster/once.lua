-- The value, or whose turn it is to compute it. `once` holds v:<key> (the value), h:<key> (worker|fence|vu that computes) and
-- f:<key> (how often it failed, and why).
-- KEYS: once, state, worker  ARGV: key, run, worker|fence, fence, vu, failures there may be, prefix of workers
local s = redis.call('HMGET', KEYS[2], 'run', 'state')
if s[1] ~= ARGV[2] or s[2] == 'IDLE' or not alive(KEYS[3], ARGV[4]) then return {'VOID'} end
local value = redis.call('HGET', KEYS[1], 'v:' .. ARGV[1])
if value then return {'VALUE', value} end
local count, why = string.match(redis.call('HGET', KEYS[1], 'f:' .. ARGV[1]) or '', '^(%d+)|(.*)$')
if count and tonumber(count) >= tonumber(ARGV[6]) then return {'FAILED', why} end
local holder = redis.call('HGET', KEYS[1], 'h:' .. ARGV[1])
if holder then
  local worker, fence = string.match(holder, '^([^|]*)|([^|]*)|')
  if alive(ARGV[7] .. worker, fence) then return {'WAIT'} end
end
redis.call('HSET', KEYS[1], 'h:' .. ARGV[1], ARGV[3] .. '|' .. ARGV[5])
return {'COMPUTE'}
