-- KEYS: held  ARGV: prefix of pools, run|worker|fence, vu
return {text(give_back(KEYS[1], ARGV[1], ARGV[2], ARGV[3], false))}
