-- KEYS: pool, state, worker, held  ARGV: name, run, run|worker|fence, fence, vu, users waiting at that worker
local pool = KEYS[1]
if redis.call('EXISTS', pool) == 0 then return {'NO_POOL'} end
local s = redis.call('HMGET', KEYS[2], 'run', 'state')
if s[1] ~= ARGV[2] or s[2] == 'IDLE' or not alive(KEYS[3], ARGV[4]) then return {'VOID'} end
local id = redis.call('ZPOPMIN', pool .. ':free')[1]
if not id then
  note_waiting(pool, ARGV[3], tonumber(ARGV[6]))
  return {'EMPTY'}
end
redis.call('HSET', pool .. ':leased', id, ARGV[3] .. '|' .. ARGV[5])
local key = KEYS[4] .. ':' .. ARGV[3]
local held = redis.call('HGET', key, ARGV[5])
redis.call('HSET', key, ARGV[5], (held and held .. ',' or '') .. ARGV[1] .. '/' .. id)
redis.call('SADD', KEYS[4], ARGV[3])
note_waiting(pool, ARGV[3], tonumber(ARGV[6]) - 1)
return {'GRANTED', id, redis.call('HGET', pool .. ':items', id)}
