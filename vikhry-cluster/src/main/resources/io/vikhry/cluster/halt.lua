-- Orders the run under way to end: "epoch|kind|when|by". Needs no leader.
-- KEYS: state, halt, workers, leader
-- ARGV: kind, by, prefix of worker keys, what to tell them, longest stream, its time to live in ms
local s = redis.call('HMGET', KEYS[1], 'state', 'epoch')
if not s[1] or s[1] == 'IDLE' then return answer(KEYS[1], 'WRONG_STATE') end
if ARGV[1] == 'ORPHANED' and redis.call('EXISTS', KEYS[4]) == 1 then return answer(KEYS[1], 'WRONG_STATE') end
local epoch, kind = string.match(redis.call('GET', KEYS[2]) or '', '^(%d+)|(%u+)')
if epoch ~= s[2] or (ARGV[1] == 'KILL' and kind ~= 'KILL') then
  redis.call('SET', KEYS[2], s[2] .. '|' .. ARGV[1] .. '|' .. text(now()) .. '|' .. ARGV[2])
end
for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  local stream = ARGV[3] .. id .. ':commands'
  redis.call('XADD', stream, 'MAXLEN', '~', ARGV[5], '*', 'reason', ARGV[4])
  redis.call('PEXPIRE', stream, ARGV[6])
end
return answer(KEYS[1], 'DONE')
