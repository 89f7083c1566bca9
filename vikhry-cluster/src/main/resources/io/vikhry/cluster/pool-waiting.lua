-- KEYS: pool  ARGV: run|worker|fence, users
note_waiting(KEYS[1], ARGV[1], tonumber(ARGV[2]))
return {}
