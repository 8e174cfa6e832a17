import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../../support/root.ts'

/** The running proxy. */
export interface Nginx {
  /** What it wrote to its error log and its access log. */
  logs (): string
  stop (): Promise<void>
}

/**
 * Starts nginx with deploy/nginx.conf, in which only ports, files and the number of servers are others. It keeps
 * connections to the servers open, and does not repeat a POST.
 */
export async function startNginx (folder: string, port: number, servers: readonly number[]): Promise<Nginx> {
  // A server that is down refuses connections at once, and nginx takes the other one. By default nginx would then avoid it
  // for 10 s, and have none left when the other one restarts.
  const config = readFileSync(join(ROOT, 'deploy/nginx.conf'), 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('server 127.0.0.1:3000;', servers.map(server => `server 127.0.0.1:${server} max_fails=0;`).join(' '))
    .replace('server_name mcp.example.com', 'server_name localhost')
    .replaceAll('/etc/ssl/', `${folder}/`)
    .replaceAll('/var/log/nginx/', `${folder}/`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`)
  writeFileSync(join(folder, 'nginx.conf'), `daemon off; worker_processes 1; user root; pid ${folder}/pid; error_log ${folder}/error.log; events {} http { ${temporary.join(' ')}\n${config}}`)

  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], { stdio: 'inherit' })
  const exit = once(child, 'exit')
  while (child.exitCode === null && (await fetch(`https://localhost:${port}/`).catch(() => undefined))?.status !== 404) await sleep(20)
  return {
    logs: () => ['error.log', 'mcp.log'].map(file => readFileSync(join(folder, file), 'utf8')).join(''),
    async stop () {
      child.kill('SIGQUIT')
      const late = setTimeout(() => child.kill('SIGTERM'), 2000)
      await exit
      clearTimeout(late)
    }
  }
}
