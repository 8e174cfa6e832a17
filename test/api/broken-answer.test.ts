import t from 'tap'
import { buildApi } from '../support/api.ts'

const setup = await buildApi(t)

t.test('an answer that breaks off is a fault of the API, whichever method reads it', async t => {
  setup.answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-www-form-urlencoded', 'content-length': 10 }).write('{"a":', () => response.destroy())
  }
  for (const name of ['arrayBuffer', 'blob', 'formData', 'json', 'text'] as const) {
    const { error, reply } = await setup.run(({ api }) => api('/a').then(response => response[name]()))
    t.match(error, { name: 'ApiError', fault: 'unavailable', message: /^The API "https:\/\/orders.example" cannot/ }, name)
    t.match(reply, { result: { isError: true, content: [{ text: /Try again later/ }] } }, 'the caller gets the sentence')
    t.match(setup.logs.find(({ fault }) => fault !== undefined), { level: 40, fault: 'unavailable' })
  }
})

t.test('an answer with a bad encoding or too long trailers is a fault of the API too', async t => {
  const bad: ReadonlyArray<typeof setup.answer> = [
    (_request, response) => { response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip') },
    (_request, response) => {
      response.writeHead(200, { trailer: 'x-long' }).write('ok')
      response.addTrailers({ 'x-long': 'x'.repeat(64 * 1024) })
      response.end()
    }
  ]
  for (const answer of bad) {
    setup.answer = answer
    t.match(await setup.run(({ api }) => api('/a').then(response => response.text())), { error: { fault: 'unavailable' } })
  }
})

t.test('any other failed read keeps the error of fetch', async t => {
  setup.answer = (_request, response) => { response.end('no JSON') }
  t.match(await setup.run(({ api }) => api('/a').then(response => response.json())), { error: { name: 'SyntaxError' } })
  t.match(await setup.run(({ api }) => api('/a').then(response => response.formData())), { error: { name: 'TypeError' } })
  t.match(await setup.run(({ api }) => api('/a').then(async response => [await response.text(), await response.text()])), { error: { name: 'TypeError' } }, 'a second read')

  setup.answer = (_request, response) => { response.write('begun') }
  const controller = new AbortController()
  const stopped = await setup.run(({ api }) => api('/a', { signal: controller.signal }).then(response => {
    controller.abort(new Error('enough'))
    return response.text()
  }))
  t.match(stopped, { error: { message: /enough|aborted/ } }, 'the reason, or in Node 20 an AbortError')
})
