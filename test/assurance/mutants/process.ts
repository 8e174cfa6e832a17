import { inFile, type Mutant } from './list.ts'

const [config, readers, urls, addresses, start, env, issuer, handOut, intake] = ['test/config.test.ts', 'test/process/readers.test.ts', 'test/process/url-readers.test.ts', 'test/process/addresses.test.ts', 'test/e2e/start.test.ts', 'test/e2e/env.test.ts', 'test/dev/issuer.test.ts', 'test/process/hand-out.test.ts', 'test/process/intake.test.ts']

/** Settings, the start of the process, and the stand-in for Auth0. */
export function processMutants (): Mutant[] {
  return [
    ...inFile('process/url-readers.ts', [
      ['group-address', 'the server listens on an address for multicast, and nobody can connect', 'if (version !== 0 && GROUPS.check(', 'if (false && GROUPS.check(', `${config}#HOST`],
      ['http-issuer', 'plain http is accepted for an issuer on any host', "if (url.protocol === 'http:' && !isLoopback(url.hostname))", 'if (false)', urls],
      ['own-routes', 'the endpoint may have the path of another route', 'if (OWN_ROUTES.test(url.pathname))', 'if (false)', urls],
      ['wildcard-origin', 'a wildcard is accepted as an origin', "return new Expected('each origin in full (wildcards have no meaning here)')", 'return text', readers]
    ]),
    ...inFile('process/readers.ts', [
      ['regular-secret', 'a secret of one repeated character is accepted', 'return isRegular ?', 'return false ?', readers],
      ['secret-length', 'a secret may be short', 'text.length < MIN_SECRET_LENGTH', 'false', readers]
    ]),
    ...inFile('process/claim-names.ts', [
      ['claims-many', 'any number of claims may be named', 'names.length <= MAX_NAMES', 'true', config],
      ['claims-own', 'a claim may be shown that the caller has under another name', 'if (known !== undefined) return', 'if (false) return', config],
      ['claims-refused', 'a claim may be named with which a token is refused', 'if (REFUSED.includes(text)) return', 'if (false) return', config],
      ['claims-object', 'a claim may have a name of every object', "if (text === 'prototype' || text in Object.prototype) return", 'if (false) return', config],
      ['claims-secret', 'a claim may be named that holds a token', 'if (SECRET.test(text)) return', 'if (false) return', config],
      ['claims-name', 'a claim may have any name', 'return NAME.test(text) ?', 'return true ?', config]
    ]),
    ...inFile('process/start-report.ts', [
      ['near-names', 'a policy with a mistyped name is off, and nothing says so', 'of nearNames(env)) warnings', 'of nearNames({})) warnings', 'test/process/start-report.test.ts']
    ]),
    ...inFile('process/quoted-value.ts', [
      ['secret-shown', 'a message shows a secret', 'if (isSecret(name, text)) return', 'if (false) return', readers]
    ]),
    ...inFile('process/addresses.ts', [
      ['loopback-public', 'loopback names count although the resource is public', 'isLocal && url !== undefined && isLoopback(url.hostname)', 'isLocal', addresses]
    ]),
    ...inFile('http/most-connections.ts', [
      ['files', 'connections may take all file descriptors', 'Math.min(MAX_CONNECTIONS, Math.floor(openFiles(limits) / 2))', 'MAX_CONNECTIONS', 'test/http/most-connections.test.ts', 'test/e2e/workers.test.ts#shut nobody out']
    ]),
    ...inFile('process/env.ts', [
      ['env-dangling', 'a .env that is a link to nothing is ignored', '&& lstatSync(path, { throwIfNoEntry: false }) === undefined', '', `${env}#refuses to start with a .env`],
      ['env-unreadable', 'a .env that cannot be read is ignored', "if (code === 'ENOENT' &&", 'if (true ||', `${env}#refuses to start with a .env`],
      ['env-encoding', 'a .env in UTF-16 is ignored', '!isUtf8(content) || content.includes(0)', 'false', `${env}#refuses to start with a .env`]
    ]),
    ...inFile('process/env-file.ts', [
      ['env-twice', 'a second value in .env replaces the access policy', "if (earlier.trim() !== '' && earlier.trim() !== value.trim()) throw", 'if (false) throw', `${env}#refuses to start with a .env`],
      ['env-blanks', 'blanks in .env lose the access policy', 'return Object.fromEntries(values)', 'return util.parseEnv(text) as Env', 'test/process/env-file.test.ts'],
      ['env-line', 'a line of .env that is no setting is ignored', 'if (line === undefined) throw', 'if (line === undefined) return util.parseEnv(text) as Env\n    if (false) throw', `${env}#refuses to start with a .env`]
    ]),
    ...inFile('process/workers.ts', [
      ['worker-secrets', 'each worker seals with a secret of its own', 'cluster.fork(env)', 'cluster.fork()', `${start}#blank STATE_SECRET`]
    ]),
    ...inFile('process/hand-out.ts', [
      ['hand-out-many', 'connections that no worker takes fill the memory', 'if (waiting.length >= most) waiting.shift()?.destroy()', '', `${handOut}#place of the oldest`],
      ['hand-out-killed', 'a connection on its way to a worker that is killed is forgotten', "worker.once('exit', () => {", "worker.once('disconnect', () => {", handOut],
      ['hand-out-lost', 'a connection on its way to a worker that ends is forgotten', 'if (socket !== undefined) waiting.unshift(socket)', '', handOut],
      ['hand-out-files', 'a connection that did not reach its worker is forgotten', 'if (message === LOST) takeBack(worker)', '', handOut],
      ['hand-out-closed', 'a connection is closed before its worker has it', '{ keepOpen: true }', '{}', handOut],
      ['hand-out-kept', 'a connection that its worker ends stays open in the first process', 'onTheWay.get(worker)?.destroy()', '', handOut],
      ['hand-out-dead', 'a connection goes to a worker that is dead', "worker.once('exit', () => {\n        free.delete(worker)", "worker.once('exit', () => {", handOut],
      ['hand-out-dismissed', 'a worker that has left gets a connection', 'message === FREE && !dismissed.has(worker)', 'message === FREE', handOut],
      ['hand-out-last', 'a connection on its way to a worker that dies while the port is closed is forgotten', 'onTheWay.size > 0 && performance.now() < end', 'false', handOut],
      ['hand-out-early', 'all workers leave while the port still accepts', '(closed && waiting.length === 0)', 'true', handOut]
    ]),
    ...inFile('process/intake.ts', [
      ['intake-broken', 'a connection that broke on its way ends a worker', 'if (socket === undefined) return', '', intake],
      ['intake-files', 'a worker that was without a free file descriptor asks for no connection any more', 'if (!hasArrived) reportLost()', '', intake],
      ['intake-half', 'a client that has sent its request may not close its side', 'socket.allowHalfOpen = true', '', intake],
      ['intake-orphan', 'a worker whose primary died waits for its last connection for ever', "worker.once('disconnect', resolve)", '', intake]
    ]),
    ...inFile('dev/issuer.ts', [
      ['issuer-host', 'the development issuer answers for any host', 'if (!isForLoopback(request))', 'if (false)', issuer]
    ]),
    ...inFile('dev/body.ts', [
      ['issuer-body', 'a body without an end fills the memory of the development issuer', 'if (length > MAX_BODY_LENGTH)', 'if (false)', 'test/dev/body.test.ts#reads a body of up to 64 KiB']
    ]),
    ...inFile('dev/provider/config.ts', [
      ['machine-cors', 'any page gets a token of the machine client', 'clientId !== m2mClient.client_id', 'true', issuer]
    ])
  ]
}
