-- Whoever has waited longest in the whole cluster is served; a worker asks for the first of its users.
-- KEYS: pool, state, worker, held
-- ARGV: name, run, run|worker|fence, fence, vu, users waiting at that worker, since when the first and the second of them do, in µs,
-- number of the request: one that comes twice, because its answer was lost, is granted the same,
-- the highest number of a lease that the caller was given before
local pool = KEYS[1]

-- Whether there is enough for all that wait at other workers as well: then nobody needs to wait for a turn.
local function enough(lease)
  local others = 0
  local all = redis.call('HGETALL', pool .. ':waiting')
  for i = 1, #all, 2 do
    if all[i] ~= lease then others = others + string.match(all[i + 1], '^%d+') end
  end
  return redis.call('ZCARD', pool .. ':free') > others
end

if redis.call('EXISTS', pool) == 0 then return {'NO_POOL'} end
local s = redis.call('HMGET', KEYS[2], 'run', 'state')
if s[1] ~= ARGV[2] or s[2] == 'IDLE' or not alive(KEYS[3], ARGV[4]) then return {'VOID'} end
local lease, users = ARGV[3], tonumber(ARGV[6])
local holder = lease .. '|' .. ARGV[5]
local request, granted, as = string.match(redis.call('HGET', pool .. ':asked', holder) or '', '^([^|]*)|([^|]*)|(.*)$')
if request == ARGV[9] and redis.call('HGET', pool .. ':leased', granted) == holder then
  return {'GRANTED', granted, redis.call('HGET', pool .. ':items', granted), as}
end
local front = first(pool)
if front then
  stand(pool, lease, users, ARGV[7])
  front = first(pool)
end
local id = (not front or front == lease or enough(lease)) and redis.call('ZPOPMIN', pool .. ':free')[1]
if not id then
  stand(pool, lease, users, ARGV[7])
  ring(pool)
  return {'EMPTY'}
end
redis.call('HINCRBY', pool, 'grants', 1)
-- Never one that was given before, even if Redis has lost the pool since.
local number = following(redis.call('HGET', pool, 'number'), ARGV[10])
redis.call('HSET', pool, 'number', text(number))
redis.call('HSET', pool .. ':leased', id, holder)
redis.call('HSET', pool .. ':asked', holder, ARGV[9] .. '|' .. id .. '|' .. text(number))
mark(pool, id, number)
local key = KEYS[4] .. ':' .. lease
local held = redis.call('HGET', key, ARGV[5])
redis.call('HSET', key, ARGV[5], (held and held .. ',' or '') .. ARGV[1] .. '/' .. id)
redis.call('SADD', KEYS[4], lease)
if front or users > 1 then stand(pool, lease, users - 1, ARGV[8]) end
ring(pool)
return {'GRANTED', id, redis.call('HGET', pool .. ':items', id), text(number)}
