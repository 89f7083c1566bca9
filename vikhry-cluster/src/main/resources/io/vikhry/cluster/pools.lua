-- Stands before the scripts of pools. A pool `p` is the keys `pool:<p>` (counters: next id, order of the free, reclaimed) and
-- `pool:<p>:…`: todo (list of ids), making (id -> worker|fence), tries, items (id -> value), free (ids by order), leased
-- (id -> holder), bad and failed (id -> reason), waiting (worker|fence -> users|until). A holder is `run|worker|fence|vu`; what
-- it holds is in the hash `held:<run|worker|fence>` (vu -> pool/id,pool/id,…), and `held` is the set of those hashes.

local function park(pool, id)
  redis.call('ZADD', pool .. ':free', redis.call('HINCRBY', pool, 'order', 1), id)
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

-- Gives back all that `vu` is noted to hold; returns how many.
local function give_back(index, prefix, lease, vu, reclaimed)
  local key = index .. ':' .. lease
  local count = 0
  for name, id in string.gmatch(redis.call('HGET', key, vu) or '', '([^,/]+)/([^,/]+)') do
    local pool = prefix .. name
    if redis.call('HGET', pool .. ':leased', id) == lease .. '|' .. vu then
      redis.call('HDEL', pool .. ':leased', id)
      park(pool, id)
      if reclaimed then redis.call('HINCRBY', pool, 'reclaimed', 1) end
      count = count + 1
    end
  end
  redis.call('HDEL', key, vu)
  if redis.call('EXISTS', key) == 0 then redis.call('SREM', index, lease) end
  return count
end

local function note_waiting(pool, lease, users)
  if users > 0 then
    redis.call('HSET', pool .. ':waiting', lease, users .. '|' .. text(now() + 5000))
  else
    redis.call('HDEL', pool .. ':waiting', lease)
  end
end
