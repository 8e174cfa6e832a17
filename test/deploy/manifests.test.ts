import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { ROOT } from '../support/root.ts'

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const SETTINGS = new Set([...read('README.md').matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, names = '']) => [...names.matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name)))

/** Folders that the build does not read; of cli/ it reads one file. */
const OTHERS = /^(?:\..*|bench|cli|deploy|dev|dist|docs|examples|node_modules|test)$/

/** The objects of the kustomize base, by kind. */
const folder = 'deploy/kubernetes'
const objects: Record<string, any> = Object.fromEntries(readdirSync(join(ROOT, folder)).map(file => parse(read(`${folder}/${file}`))).map(object => [object.kind, object]))
const { Deployment, Kustomization, Service, Ingress, NetworkPolicy, PodDisruptionBudget, HorizontalPodAutoscaler, ServiceMonitor, Secret } = objects
const pod = Deployment.spec.template.spec
const [container] = pod.containers
const kept = Object.fromEntries(Kustomization.configMapGenerator[0].literals.map((literal: string) => literal.split('='))) as Record<string, string>
const labels = Deployment.spec.template.metadata.labels

t.test('every YAML file can be parsed, without warnings', async t => {
  const files = readdirSync(join(ROOT, 'deploy'), { recursive: true, encoding: 'utf8' }).filter(file => /\.ya?ml$/.test(file))
  t.ok(files.length > 10)
  for (const file of files) {
    const documents = parseAllDocuments(read(join('deploy', file))) as any[]
    t.strictSame(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]), [], file)
  }
})

t.test('the pod runs without root, without rights and with a root file system that it cannot write', async t => {
  t.match(pod, { automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } } })
  t.match(container.securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } })
  t.ok(container.resources.requests.cpu && container.resources.requests.memory && container.resources.limits.memory)
})

t.test('the probes ask for the paths of the server, and liveness does not depend on the issuer', async t => {
  const { readinessProbe, livenessProbe, startupProbe } = container
  t.strictSame([readinessProbe, livenessProbe, startupProbe].map(({ httpGet: { path } }) => path), ['/health/ready', '/health/live', '/health/ready'])
  const ports = container.ports.map(({ name }: { name: string }) => name)
  for (const { httpGet: { port } } of [readinessProbe, livenessProbe, startupProbe]) t.ok(ports.includes(port))
  for (const { targetPort } of Service.spec.ports) t.ok(ports.includes(targetPort))
})

t.test('the pod is removed from the service before it stops, and has the time to end', async t => {
  const [delay, grace] = [Number(kept['SHUTDOWN_DELAY']), Number(kept['SHUTDOWN_GRACE'])]
  t.ok(delay > container.readinessProbe.periodSeconds * container.readinessProbe.failureThreshold, 'the endpoint is gone')
  t.ok(pod.terminationGracePeriodSeconds >= delay + grace + 5, 'as process/shutdown.ts allows')
})

t.test('every reference finds its object', async t => {
  for (const { spec: { selector, podSelector = selector } } of [Deployment, PodDisruptionBudget, NetworkPolicy, ServiceMonitor]) t.strictSame(podSelector.matchLabels, labels)
  t.strictSame(Service.spec.selector, labels)
  t.equal(HorizontalPodAutoscaler.spec.scaleTargetRef.name, Deployment.metadata.name)
  for (const { backend: { service } } of Ingress.spec.rules[0].http.paths) t.match(service, { name: Service.metadata.name, port: { name: Service.spec.ports[0].name } })
  t.strictSame(container.envFrom, [{ configMapRef: { name: Kustomization.configMapGenerator[0].name } }, { secretRef: { name: Secret.metadata.name } }])
  for (const file of Kustomization.resources) t.ok(existsSync(join(ROOT, folder, file)), file)
  t.equal(container.image, Kustomization.images[0].name)
})

t.test('the ingress passes streams on and does not redirect', async t => {
  t.match(Ingress.metadata.annotations, { 'nginx.ingress.kubernetes.io/proxy-buffering': 'off', 'nginx.ingress.kubernetes.io/ssl-redirect': 'false' })
  t.strictSame(Ingress.spec.rules[0].http.paths.map(({ path }: { path: string }) => path), ['/mcp', '/.well-known/oauth-protected-resource'])
})

t.test('compose runs the server without rights, and every setting that is set exists', async t => {
  const { services: { server, redis, prometheus, grafana } } = parse(read('deploy/compose.yaml'))
  t.match(server, { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], depends_on: { redis: { condition: 'service_healthy' } } })
  t.ok(Number.parseInt(server.stop_grace_period) >= Number(server.environment.SHUTDOWN_DELAY) + Number(server.environment.SHUTDOWN_GRACE) + 5)
  t.ok(redis.healthcheck && prometheus && grafana)
  for (const { ports = [] } of [server, redis, prometheus, grafana]) for (const port of ports) t.match(port, /^127\.0\.0\.1:/, 'nothing is open to the network')
  for (const name of [...Object.keys(server.environment), ...Object.keys(kept), ...Object.keys(Secret.stringData)]) t.ok(SETTINGS.has(name), name)
})

t.test('the image has no root, no shell form, and only what the build needs', async t => {
  const dockerfile = read('Dockerfile')
  const [, last = ''] = dockerfile.split(/^FROM gcr\.io\/distroless/m)
  t.match(last, /^USER nonroot$/m)
  t.match(last, /^ENTRYPOINT \["\/nodejs\/bin\/node"/m)
  t.match(last, /^HEALTHCHECK [^\n]* CMD \["\/nodejs\/bin\/node"/m)
  t.notMatch(last, /^RUN/m)

  const ignore = read('.dockerignore').split('\n')
  t.equal(ignore.find(line => !line.startsWith('#')), '*')
  const allowed = ignore.filter(line => line.startsWith('!')).map(line => line.slice(1))
  for (const path of allowed) t.ok(existsSync(join(ROOT, path)), path)
  const parts = readdirSync(ROOT, { withFileTypes: true }).filter(entry => entry.isDirectory() && !OTHERS.test(entry.name)).map(({ name }) => name)
  t.strictSame(parts.filter(part => readdirSync(join(ROOT, part)).some(file => file.endsWith('.ts')) && !allowed.includes(part)), [], 'every folder of the server')
  t.notOk(allowed.some(path => path.startsWith('.env') || path === 'test'))
})

t.test('the unit of systemd gives the server no rights and the time to end', async t => {
  const unit = read('deploy/systemd/mcp-server.service')
  for (const line of ['DynamicUser=yes', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'CapabilityBoundingSet=', 'KillMode=mixed']) t.ok(unit.split('\n').includes(line), line)
  t.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) >= 20)
})
