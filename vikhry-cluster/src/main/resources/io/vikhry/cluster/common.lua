-- Stands before every script. Numbers are handed out as text, because Lua would write a large one as 1.8e+12.

local function text(number)
  return string.format('%.0f', number)
end

-- Redis' clock in ms; stands still within a script.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The number after `last` in a sequence that never repeats itself, even if Redis loses its data: the clock is its lower bound, and
-- what the caller was given before, for a replica that is put in the place of a Redis may lag behind it and have a clock that is slow.
local function following(last, before)
  return math.max(tonumber(last or '0') + 1, tonumber(before) + 1, now())
end

-- The next number of such a counter.
local function ticket(counter, before)
  local next = following(redis.call('GET', counter), before)
  redis.call('SET', counter, text(next))
  return text(next)
end

-- Whether `token` is that of the present leader; the key holds `token|name`.
local function leads(leader, token)
  local held = redis.call('GET', leader)
  return held and string.match(held, '^%d+') == token
end

-- The cluster's state behind the result of a change: {result, state, epoch, run, version, since}.
local function answer(key, result)
  local s = redis.call('HMGET', key, 'state', 'epoch', 'run', 'version', 'since')
  return {result, s[1] or 'IDLE', s[2] or '0', s[3] or '', s[4] or '0', s[5] or '0'}
end

-- Writes an assignment, whose digest is argument number `first`: a field for each worker, so that none reads what is others'.
local function deal(key, first)
  redis.call('DEL', key)
  redis.call('HSET', key, 'digest', ARGV[first], 'all', ARGV[first + 1])
  for i = first + 2, #ARGV, 2 do redis.call('HSET', key, 'share:' .. ARGV[i], ARGV[i + 1]) end
end

-- Whether `fence` is that of the worker's lease, and the lease has not run out.
local function alive(worker, fence)
  local lease = redis.call('HMGET', worker, 'fence', 'expires')
  return lease[1] == fence and tonumber(lease[2]) > now()
end

-- Sets one part of a sum that a hash keeps in `total`.
local function tally(key, part, count)
  local before = tonumber(redis.call('HGET', key, part) or '0')
  if before ~= count then
    redis.call('HSET', key, part, text(count))
    redis.call('HINCRBY', key, 'total', count - before)
  end
end
