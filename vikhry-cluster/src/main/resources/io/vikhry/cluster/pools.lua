-- Stands before the scripts of pools. A pool `p` is the keys `pool:<p>` (counters: next id, order of the free, grants, number of
-- the newest lease, reclaimed;
-- ordered and made of the last order; digest and params of the recipe) and `pool:<p>:…`: todo (list of ids), later (ids by when
-- they are tried again), making (id -> worker|fence), tries, lasting (ids that outlast a run), items (id -> value), free (ids by order), leased (id -> holder),
-- since (id -> ms, and |number while leased), faults (id -> in a row), bad and failed (id -> reason), line (worker's lease -> since
-- when its first user waits, in µs), waiting (worker's lease -> users|until), asked (holder -> request|id|number: what its newest
-- request was granted, until it gives that back). A holder is `run|worker|fence|vu`, its first three
-- parts are the worker's lease; what it holds is in the hash `held:<lease>` (vu -> pool/id,pool/id,…), `held` is the set of those
-- hashes, and `bell:<lease>` is a list on which that worker listens.

local function mark(pool, id, number)
  redis.call('HSET', pool .. ':since', id, text(now()) .. (number and '|' .. text(number) or ''))
end

-- Orders that are not done.
local function pending(pool)
  return redis.call('LLEN', pool .. ':todo') + redis.call('ZCARD', pool .. ':later') + redis.call('HLEN', pool .. ':making')
end

-- Whether an order outlasts the run that is on: a person's does.
local function lasts(pool, id)
  return redis.call('SISMEMBER', pool .. ':lasting', id) == 1
end

-- What somebody had undertaken to make is to be made by whoever comes next; the attempt does not count.
local function unmake(pool, id)
  redis.call('HDEL', pool .. ':making', id)
  redis.call('LPUSH', pool .. ':todo', id)
  redis.call('HINCRBY', pool .. ':tries', id, -1)
end

-- The lease whose user has waited longest, of workers heard of lately: one that died or is frozen holds nobody up.
local function first(pool)
  while true do
    local lease = redis.call('ZRANGE', pool .. ':line', 0, 0)[1]
    if not lease then return nil end
    local till = string.match(redis.call('HGET', pool .. ':waiting', lease) or '', '|(%d+)$')
    if till and tonumber(till) > now() then return lease end
    redis.call('ZREM', pool .. ':line', lease)
    redis.call('HDEL', pool .. ':waiting', lease)
  end
end

-- Wakes the worker that is first in line, if there is something for it.
local function ring(pool)
  if redis.call('ZCARD', pool .. ':free') == 0 then return end
  local lease = first(pool)
  if lease then
    local bell = string.match(pool, '^(vikhry:{[^}]*}:)') .. 'bell:' .. lease
    if redis.call('LLEN', bell) == 0 then
      redis.call('RPUSH', bell, '1')
      redis.call('PEXPIRE', bell, 5000)
    end
  end
end

local function park(pool, id)
  redis.call('ZADD', pool .. ':free', redis.call('HINCRBY', pool, 'order', 1), id)
  mark(pool, id)
  ring(pool)
end

local function quarantine(pool, id, reason)
  redis.call('HSET', pool .. ':bad', id, reason)
  mark(pool, id)
end

-- Takes `entry` out of what `vu` is noted to hold.
local function forget(index, lease, vu, entry)
  local key = index .. ':' .. lease
  local rest = {}
  for other in string.gmatch(redis.call('HGET', key, vu) or '', '[^,]+') do
    if other ~= entry then rest[#rest + 1] = other end
  end
  if #rest > 0 then
    redis.call('HSET', key, vu, table.concat(rest, ','))
  else
    redis.call('HDEL', key, vu)
    if redis.call('EXISTS', key) == 0 then redis.call('SREM', index, lease) end
  end
end

-- The holder has the item no more: a request that is repeated now is a new one.
local function settled(pool, holder, id)
  if string.match(redis.call('HGET', pool .. ':asked', holder) or '', '^[^|]*|([^|]*)|') == id then
    redis.call('HDEL', pool .. ':asked', holder)
  end
end

-- Ends the lease of an item, whoever holds it; whether there was one.
local function unlease(pool, index, name, id)
  local holder = redis.call('HGET', pool .. ':leased', id)
  if not holder then return false end
  local lease, vu = string.match(holder, '^(.*)|([^|]*)$')
  redis.call('HDEL', pool .. ':leased', id)
  settled(pool, holder, id)
  forget(index, lease, vu, name .. '/' .. id)
  return true
end

-- Gives back all that `vu` is noted to hold; returns how many.
local function give_back(index, prefix, lease, vu, reclaimed)
  local key = index .. ':' .. lease
  local count = 0
  for name, id in string.gmatch(redis.call('HGET', key, vu) or '', '([^,/]+)/([^,/]+)') do
    local pool = prefix .. name
    if redis.call('HGET', pool .. ':leased', id) == lease .. '|' .. vu then
      redis.call('HDEL', pool .. ':leased', id)
      settled(pool, lease .. '|' .. vu, id)
      if reclaimed then
        redis.call('HINCRBY', pool, 'reclaimed', 1)
      else
        redis.call('HDEL', pool .. ':faults', id)
      end
      park(pool, id)
      count = count + 1
    end
  end
  redis.call('HDEL', key, vu)
  if redis.call('EXISTS', key) == 0 then redis.call('SREM', index, lease) end
  return count
end

-- Stands a worker in line since `stamp`, for as long as it is heard of; with no users it leaves.
local function stand(pool, lease, users, stamp)
  if users > 0 then
    redis.call('ZADD', pool .. ':line', stamp, lease)
    redis.call('HSET', pool .. ':waiting', lease, users .. '|' .. text(now() + 1000))
  else
    redis.call('ZREM', pool .. ':line', lease)
    redis.call('HDEL', pool .. ':waiting', lease)
  end
end

local function exists(pool, id)
  return redis.call('HEXISTS', pool .. ':items', id) == 1
end
