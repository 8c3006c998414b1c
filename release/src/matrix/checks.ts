import { run, succeed } from '../command/run.js'
import type { Certificate } from './certificate.js'
import type { Check } from './matrix.js'
import type { Runtime } from './runtimes.js'

/** A runtime, and the folder with our packages and the programs in which it is tried. */
export interface Subject {
  readonly runtime: Runtime
  /** Its binary. */
  readonly command: string
  readonly folder: string
  readonly certificate: Certificate
  readonly environment: NodeJS.ProcessEnv
  /** How often tapewire and a client by hand are measured, each in its turn. */
  readonly rounds: number
}

const timeoutMs = 180_000

/** Runs a program of the folder on the runtime; resolves with what it printed. */
async function start(subject: Subject, words: readonly string[]): Promise<string> {
  const { runtime, command, folder, environment } = subject
  const own = { ...environment, ...runtime.environment }
  return (await succeed(command, [...runtime.words, ...words], { cwd: folder, environment: own, timeoutMs })).stdout
}

const tapewire = 'node_modules/tapewire/bin/tapewire.js'

/** What the demo tells of an exchange. */
interface DemoExchange {
  readonly messages: Readonly<Record<string, number>>
  readonly dropped: number
  readonly errors: number
  readonly unknown: number
}

/** How many messages a demo told of. Throws where a channel was silent or something was lost. */
export function demoCount(printed: string): number {
  const { exchanges } = JSON.parse(printed) as { readonly exchanges: Readonly<Record<string, DemoExchange>> }
  let all = 0
  for (const [name, { messages, dropped, errors, unknown }] of Object.entries(exchanges)) {
    const faults = { dropped, errors, unknown }
    for (const [fault, count] of Object.entries(faults)) if (count > 0) throw new Error(`${name}: ${fault} ${count}`)
    for (const [channel, count] of Object.entries(messages)) {
      if (count === 0) throw new Error(`${name}: no ${channel}`)
      all += count
    }
  }
  if (all === 0) throw new Error('The demo has no messages.')
  return all
}

/** What a report of the conformance kit comes to. Throws where a check failed, or none was made. */
export function conformanceText(printed: string): string {
  const { passed, failed, checks } = JSON.parse(printed) as {
    readonly passed: number
    readonly failed: number
    readonly checks: readonly { readonly id: string; readonly status: string; readonly reason: string | null }[]
  }
  const faults = checks.filter(({ status }) => status === 'fail').map(({ id, reason }) => `${id}: ${reason}`)
  if (failed > 0 || passed === 0) throw new Error(`${passed} passed, ${failed} failed: ${faults.join('; ')}`)
  return `${passed} passed`
}

/** What of `compare.mjs` is told: the median of the rounds, the least and the most. */
export function ratioText(printed: string): string {
  const { ratio, least, most } = JSON.parse(printed) as Readonly<Record<'ratio' | 'least' | 'most', number>>
  return `${ratio.toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`
}

/** What must hold wherever the packages are said to work, in the order in which one would look. */
export const checks: readonly Check<Subject>[] = [
  {
    title: 'import',
    async run(subject) {
      const { entries } = JSON.parse(await start(subject, ['import.mjs'])) as { readonly entries: number }
      return `${entries} entries`
    },
  },
  {
    title: 'require()',
    async run(subject) {
      const { entries } = JSON.parse(await start(subject, ['require.cjs'])) as { readonly entries: number }
      return `${entries} entries`
    },
  },
  {
    title: 'streams, cut',
    async run(subject) {
      const { key, cert, authority } = subject.certificate
      // Node and Bun know the one variable, Deno the other.
      const trust = { NODE_EXTRA_CA_CERTS: authority, DENO_CERT: authority }
      const trusting = { ...subject, environment: { ...subject.environment, ...trust } }
      const { streamed } = JSON.parse(await start(trusting, ['stream.mjs', key, cert])) as { readonly streamed: number }
      return `${streamed} recovered`
    },
  },
  {
    title: 'tapewire demo',
    async run(subject) {
      return `${demoCount(await start(subject, [tapewire, 'demo', '--duration', '3s', '--json']))} messages`
    },
  },
  {
    title: 'conformance',
    async run({ runtime, command, folder, environment }) {
      const words = [...runtime.words, tapewire, 'conformance', '@tapewire/exchange-gateio', '--json']
      const own = { ...environment, ...runtime.environment }
      // Where a check fails, the report says which.
      const { stdout, output } = await run(command, words, { cwd: folder, environment: own, timeoutMs })
      if (!stdout.startsWith('{')) throw new Error(`It gave no report:\n${output.slice(-3_000)}`)
      return conformanceText(stdout)
    },
  },
  {
    title: 'times ws + JSON.parse',
    async run({ runtime, command, folder, environment, rounds }) {
      const words = ['compare.mjs', String(rounds), command, ...runtime.words]
      const own = { ...environment, ...runtime.environment }
      return ratioText((await succeed(process.execPath, words, { cwd: folder, environment: own, timeoutMs })).stdout)
    },
  },
]
