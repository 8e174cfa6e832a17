import { readFileSync } from 'node:fs'
import t from 'tap'
import { checkNode } from '../../process/node-version.ts'
import { ROOT } from '../support/root.ts'

t.test('a Node that is too old stops the start with a sentence', async t => {
  for (const version of ['18.20.8', '20.18.3', '16.0.0']) t.throws(() => checkNode(version), { name: 'ConfigError', message: `Node: found version ${version}, expected 20.19 or newer; 24 is recommended` })
  t.doesNotThrow(() => checkNode())
  for (const version of ['20.19.0', '22.0.0', '24.11.1', '26.0.0-nightly']) t.doesNotThrow(() => checkNode(version), version)
  t.match(JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')), { engines: { node: '>=20.19' } })
})
