import t from 'tap'
import { redisKey } from '../../../limits/redis/key.ts'

t.test('a key in Redis depends on the name, the kind and each character of the key', async t => {
  const keys = [
    redisKey('a', 'rate', 'b'), redisKey('a', 'place', 'b'), redisKey('b', 'rate', 'b'),
    // The last but one is a whole character.
    ...['\ud800', '\ud801', '\udfff', '\udfff\ud800', '\ufffd', '\ud800\udfff', 'é'].map(key => redisKey('a', 'rate', key))
  ]
  t.equal(new Set(keys).size, keys.length)
})

t.test('a key keeps its form, since a spent approval must stay spent while servers are replaced', async t => {
  t.equal(redisKey('https://mcp.example.com/mcp', 'rate', '10:auth0|café'), 'mcp:rate:zkfZfJw6l1wAroCkLJpteSXjMblmQ8h-59jbNXJ-daE')
})
