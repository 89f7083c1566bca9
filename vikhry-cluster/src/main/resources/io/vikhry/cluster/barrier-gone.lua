-- KEYS: gone  ARGV: worker|fence, users
tally(KEYS[1], ARGV[1], tonumber(ARGV[2]))
return {}
