import t from 'tap'
import { mintedToken } from '../../cli/access-token.ts'

t.test('F-D3 token says what to start where no development issuer answers', async t => {
  await t.rejects(mintedToken({ PORT: '1' }), /^no answer from http:\/\/localhost:2\/dev\/token \(ECONNREFUSED\): start the development issuer with "npm run dev", or set AUTH0_DOMAIN$/)
})
