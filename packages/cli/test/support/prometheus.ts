import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Debian’s package `prometheus` has it. */
export const hasPrometheus: boolean = spawnSync('prometheus', ['--version']).status === 0

const rules = fileURLToPath(new URL('../../../core/prometheus/alert-rules.yml', import.meta.url))

/** A real Prometheus on a port of its own, with our alert rules, which scrapes one target. */
export class Prometheus {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #url: string

  private constructor(process: ChildProcess, folder: string, url: string) {
    this.#process = process
    this.#folder = folder
    this.#url = url
  }

  static async start(target: string): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'tapewire-prometheus-'))
    const config = join(folder, 'prometheus.yml')
    const scrape = { job_name: 'tapewire', static_configs: [{ targets: [target] }] }
    const global = { scrape_interval: '200ms', scrape_timeout: '200ms', evaluation_interval: '200ms' }
    // JSON is YAML.
    await writeFile(config, JSON.stringify({ global, rule_files: [rules], scrape_configs: [scrape] }))
    const port = await freePort()
    const args = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    const process = spawn('prometheus', args, { stdio: 'ignore' })
    return new Prometheus(process, folder, `http://127.0.0.1:${port}`)
  }

  /** The values of a query, asked until there are any. */
  async query(query: string): Promise<readonly number[]> {
    for (;;) {
      const { result } = await this.#get<{ result: { value: [number, string] }[] }>('query', { query })
      if (result.length > 0) return result.map(({ value }) => Number(value[1]))
      await pause()
    }
  }

  /** How the alert rules are, once each has been evaluated. */
  async rules(): Promise<{ health: ReadonlySet<string>; firing: readonly string[] }> {
    for (;;) {
      type Rule = { readonly name: string; readonly health: string; readonly state: string }
      const { groups } = await this.#get<{ groups: { rules: Rule[] }[] }>('rules')
      const all = groups.flatMap((group) => group.rules)
      if (all.length > 0 && all.every(({ health }) => health !== 'unknown')) {
        const firing = all.filter(({ state }) => state === 'firing').map(({ name }) => name)
        return { health: new Set(all.map(({ health }) => health)), firing }
      }
      await pause()
    }
  }

  async close(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit')
      this.#process.kill('SIGKILL')
      await ended
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Asked again until it listens. */
  async #get<Data>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Data> {
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`Prometheus ended with ${this.#process.exitCode}.`)
      const answer = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`).catch(() => null)
      if (answer?.ok === true) return ((await answer.json()) as { data: Data }).data
      if (answer?.status === 400) throw new Error(await answer.text())
      await pause()
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20))
}
