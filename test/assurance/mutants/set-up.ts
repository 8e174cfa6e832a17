import { inFile, type Mutant } from './list.ts'

const [doctorExchange, exchange, downstream, tenant, apply, grant, access, doctor, table, login, strict] = ['test/cli/doctor-token-exchange.test.ts', 'test/cli/tenant-token-exchange.test.ts', 'test/cli/tenant-downstream.test.ts', 'test/cli/tenant.test.ts', 'test/cli/tenant-apply.test.ts', 'test/cli/tenant-grant.test.ts', 'test/cli/tenant-access.test.ts', 'test/cli/doctor.test.ts', 'test/cli/misconfigurations.test.ts', 'test/cli/doctor-login.test.ts', 'test/dev/tenant.test.ts']

/** The commands that set a tenant up and check it, and the switches of the stand-in for Auth0. */
export function setUpMutants (): Mutant[] {
  return [
    ...inFile('cli/tenant/run.ts', [
      ['tenant-asks', 'apply does not ask', 'if (!command.isConfirmed && !await confirm(', 'if (false && !await confirm(', `${apply}#apply asks first`],
      ['tenant-plan', 'plan makes the changes', "if (command.action === 'plan') {", 'if (false) {', `${tenant}#plan prints what`],
      ['tenant-export', 'export does not say that a file exists', 'if (present !== undefined) throw', "if (present === '') throw", 'test/cli/tenant-export.test.ts', 'test/cli/tenant-command.test.ts']
    ]),
    ...inFile('cli/tenant/api.ts', [
      ['tenant-scopes', 'permissions of others are removed from the API', '{ scopes: [...found, ...lacking] }', '{ scopes: lacking }', `${apply}#apply changes an existing`],
      ['tenant-system', 'an API of Auth0 is changed', 'if (found.is_system === true)', 'if (false)', `${tenant}#plan names what prevents`]
    ]),
    ...inFile('cli/tenant/grant.ts', [
      ['tenant-grant', 'scopes of others are removed from a grant', '{ scope: [...scope, ...missing(scope, wanted)] }', '{ scope: wanted }', `${apply}#apply changes an existing`],
      ['tenant-subject', 'the grant of a machine is treated as one of users', "subject_type: type = 'client'", "subject_type: type = 'user'", `${grant}#extends the grant of the machine`]
    ]),
    ...inFile('cli/tenant/token-exchange.ts', [
      ['tenant-obo-client', 'an application of another API is taken for the exchange', 'if (named?.resource_server_identifier === identifier)', 'if (named !== undefined)', `${exchange}#plan names an OBO_CLIENT_ID`],
      ['tenant-obo-profiles', 'other profiles of an application are removed', '[...profiles, PROFILE]', '[PROFILE]', `${exchange}#apply switches`],
      ['tenant-obo-scopes', 'scopes that the other API does not have are granted', 'downstream.scopes.filter(scope => held.includes(scope))', 'downstream.scopes', `${downstream}#plan reports`]
    ]),
    ...inFile('cli/tenant/connection.ts', [
      ['tenant-name', 'the display name of a connection is lost', 'displayName === undefined ? {} : { display_name: displayName }', '{}', `${apply}#plan, apply, plan`]
    ]),
    ...inFile('cli/tenant/clients.ts', [
      ['tenant-invalid', 'CIMD is advertised although Auth0 refused a document', 'if (validation?.valid === false)', 'if (false)', `${apply}#apply imports`]
    ]),
    ...inFile('cli/tenant/settings.ts', [
      ['tenant-default', 'a Default Audience is ignored', 'if (!found || found === identifier)', 'if (true)', `${tenant}#plan reports`]
    ]),
    ...inFile('cli/tenant/shell-word.ts', [
      ['tenant-shell', 'an id of the tenant runs in a shell', '/^[\\w@%:/.,=+-]+$/.test(text)', 'true', access]
    ]),
    ...inFile('cli/tenant/run.ts', [
      ['tenant-terminal', 'a name in the tenant rewrites the terminal', 'write(withoutHidden(line))', 'write(line)', access]
    ]),
    ...inFile('cli/doctor/check.ts', [
      ['doctor-terminal', 'the answer of a server rewrites the terminal', 'lines.map(withoutHidden)', 'lines', 'test/cli/doctor.test.ts#prints a tick']
    ]),
    ...inFile('cli/fetch-json.ts', [
      ['answer-endless', 'an answer without an end fills the memory of a command', 'if (length > MAX_BODY) break', '', 'test/cli/fetch-json.test.ts#has no end']
    ]),
    ...inFile('cli/access-token.ts', [
      ['token-terminal', 'a refusal of the tenant rewrites the terminal', 'withoutHidden(words.filter', '(words.filter', 'test/cli/commands.test.ts']
    ]),
    ...inFile('cli/tenant/pages.ts', [
      ['tenant-endless', 'a list without an end is read for ever', 'if (pages > MAX_PAGES)', 'if (pages > 100 * MAX_PAGES)', access]
    ]),
    ...inFile('cli/tenant/management.ts', [
      ['tenant-permission', 'a missing permission is not named', "if (errorCode === 'insufficient_scope') {", 'if (false) {', access]
    ]),
    ...inFile('dev/provider/refusals.ts', [
      ['dev-dcr', 'clients register where registration is off', "ctx.path === '/oidc/register' && ctx.method === 'POST' && !dcr", 'false', strict],
      ['dev-redirect', 'a refused consent is sent back to a third-party client', '!redirectErrors && isThirdParty(', 'false && isThirdParty(', strict]
    ]),
    ...inFile('dev/provider/api.ts', [
      ['dev-others', 'third-party clients may send any parameter', 'if (isThirdParty(client.clientId)) refuseUnsupported(params, query)', '', strict],
      ['dev-grant', 'a client without a grant gets a token', 'if (granted === undefined) {', 'if (false) {', strict]
    ]),
    ...inFile('dev/provider/interactions.ts', [
      ['dev-connection', 'third-party clients need no connection at domain level', '!api.tenant.domainConnection && isThirdParty(', 'false && isThirdParty(', strict]
    ]),
    ...inFile('dev/provider/config.ts', [
      ['dev-import', 'a metadata document that was not imported is accepted', "documents === 'all' || documents.includes(id)", 'true', strict, 'test/e2e/tenant-login.test.ts']
    ]),
    ...inFile('cli/doctor/discovery.ts', [
      ['doctor-alias', 'another issuer at the first discovery address is ignored', 'status === 200 && different.length === 0', 'true', `${table}#doctor.*names the cause`]
    ]),
    ...inFile('auth/kind.ts', [
      ['doctor-obo-autonomous', 'the token of an autonomous agent is sent to be exchanged', " && kind !== 'autonomous'", '', `${doctorExchange}#exchanges the token`]
    ]),
    ...inFile('cli/doctor/token-exchange.ts', [
      ['doctor-obo-machine', 'the token of a machine is sent to be exchanged', 'if (!hasUser(caller.kind)) return', 'if (false) return', `${doctorExchange}#exchanges the token`],
      ['doctor-obo-scope', 'a token without the scopes counts as good', 'isToken && api.scopes.every(name => granted.includes(name))', 'isToken', `${table}#doctor.*names the cause`],
      ['doctor-obo-refused', 'refused credentials count as known', 'if (/invalid_client|access_denied: Unauthorized/.test(answer.found)) return', 'if (false) return', `${table}#doctor.*names the cause`]
    ]),
    ...inFile('cli/doctor/examine.ts', [
      ['doctor-token-sent', 'a token is sent to its issuer although nobody asked for it', 'return exchange && found', 'return found', `${doctorExchange}#sends a token nowhere`]
    ]),
    ...inFile('cli/doctor/login/answer.ts', [
      ['doctor-state', 'the state that comes back is not compared', "params.get('state') === state && ", '', login]
    ]),
    ...inFile('cli/doctor/login/login.ts', [
      ['doctor-token-shown', 'the whole answer of the token endpoint is shown', "document: { error: document['error'], error_description: document['error_description'] }", 'document', `${login}#shows no token`]
    ]),
    ...inFile('cli/doctor/with-token.ts', [
      ['doctor-restricted', 'a machine is tried although the settings keep it out', '|| !allowMachines', '', doctor]
    ])
  ]
}
