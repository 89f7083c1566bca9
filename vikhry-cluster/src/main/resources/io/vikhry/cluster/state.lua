-- KEYS: state
return answer(KEYS[1], 'DONE')
