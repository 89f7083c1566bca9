-- Orders that a worker took without hearing of it go back; the others are what it does make.
-- KEYS: pools  ARGV: prefix of pools, worker|fence, pool/id…
local known = {}
for i = 3, #ARGV do known[ARGV[i]] = true end
local count = 0
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local pool = ARGV[1] .. name
  local making = redis.call('HGETALL', pool .. ':making')
  for i = 1, #making, 2 do
    if making[i + 1] == ARGV[2] and not known[name .. '/' .. making[i]] then
      unmake(pool, making[i])
      count = count + 1
    end
  end
end
return {text(count)}
