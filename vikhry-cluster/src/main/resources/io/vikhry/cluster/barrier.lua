-- Opens when as many users have come as the load asks for, without those that are gone for good. `barrier` counts those that
-- have come by worker|fence, and in `total` over all; `gone` likewise; `barriers` are those that are open. Only when the totals
-- would do is looked who of the workers still lives, so a poll costs little.
-- KEYS: barriers, barrier, gone, state, worker
-- ARGV: name, run, worker|fence, fence, users that have come there, users the load asks for, version that says so, prefix of workers
local s = redis.call('HMGET', KEYS[4], 'run', 'state')
if s[1] ~= ARGV[2] or s[2] == 'IDLE' or not alive(KEYS[5], ARGV[4]) then return {'VOID', '0', '0'} end
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return {'OPEN', '0', '0'} end
tally(KEYS[2], ARGV[3], tonumber(ARGV[5]))
redis.call('PEXPIRE', KEYS[2], 3600000)
local known = redis.call('HMGET', KEYS[2], 'version', 'need')
if tonumber(ARGV[7]) >= tonumber(known[1] or '0') then
  redis.call('HSET', KEYS[2], 'version', ARGV[7], 'need', ARGV[6])
  known[2] = ARGV[6]
end
local function missing()
  return known[2] - (redis.call('HGET', KEYS[3], 'total') or 0) - (redis.call('HGET', KEYS[2], 'total') or 0)
end
if missing() <= 0 then
  for _, key in ipairs({KEYS[2], KEYS[3]}) do
    for _, lease in ipairs(redis.call('HKEYS', key)) do
      local worker, fence = string.match(lease, '^([^|]*)|([^|]*)$')
      if worker and not alive(ARGV[8] .. worker, fence) then
        tally(key, lease, 0)
        redis.call('HDEL', key, lease)
      end
    end
  end
  if missing() <= 0 then
    redis.call('HSET', KEYS[1], ARGV[1], '1')
    redis.call('DEL', KEYS[2])
    return {'OPEN', '0', '0'}
  end
end
return {'SHUT', redis.call('HGET', KEYS[2], 'total') or '0', text(known[2] - (redis.call('HGET', KEYS[3], 'total') or 0))}
