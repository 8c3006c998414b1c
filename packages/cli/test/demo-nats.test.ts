import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'

const folder = fileURLToPath(new URL('..', import.meta.url))
/** Each process is compiled as it starts, which takes a busy machine its time. */
const patience = { timeout: 60_000, interval: 50 }

/** `tapewire demo --nats` as a process of a group of its own, as a terminal starts it. */
class Demo {
  readonly #child: ChildProcess
  text = ''

  constructor(...more: string[]) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'demo', '--nats', ...more], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => {
        this.text += String(chunk)
      })
    }
    onTestFinished(() => void this.#child.kill('SIGKILL'))
  }

  get pid(): number {
    return this.#child.pid as number
  }

  says(what: RegExp): Promise<void> {
    return vi.waitFor(() => expect(this.text).toMatch(what), patience)
  }

  async ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function isAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

describe.skipIf(!hasNatsServer)('demo --nats', () => {
  test('kills a relay that has something', { timeout: 120_000 }, async () => {
    const demo = new Demo('--duration', '1s')
    await demo.ended()
    expect(demo.text).toMatch(/relay (one|two), which has [A-Z/]+(, [A-Z/]+)*, is killed/)
    expect(demo.text).not.toMatch(/error\[|warning\[/)
  })

  test('plays every exchange that is named, and serves the metrics of the consumer', { timeout: 120_000 }, async () => {
    const demo = new Demo('--duration', '1s', '--exchange', 'gateio_spot', 'mexc_spot', '--metrics-port', '0')
    await demo.says(/MEXC spot: the consumer has 15 streams/)
    await demo.says(/Gate\.io spot: the consumer has 15 streams/)
    const url = /Metrics for Prometheus: (\S+)/.exec(demo.text)?.[1] as string
    const metrics = await (await fetch(url)).text()
    for (const exchange of ['gateio_spot', 'mexc_spot'])
      expect(metrics).toContain(`tapewire_messages_total{exchange="${exchange}",feed="market",channel="trades"}`)
    await demo.ended()
    expect(demo.text).toMatch(/Gate\.io spot: relay (one|two), which has .* is killed/)
    expect(demo.text).toMatch(/MEXC spot: relay (one|two), which has .* is killed/)
    expect(demo.text).toMatch(/ of 6 books live/)
    expect(demo.text).not.toMatch(/error\[|warning\[/)
  })

  test('whose relay ends by itself says so, and leaves no process', { timeout: 120_000 }, async () => {
    const demo = new Demo('--duration', '1m')
    await demo.says(/the consumer has 15 streams/)
    const relay = Number(/relay one is process (\d+)/.exec(demo.text)?.[1])
    process.kill(relay, 'SIGKILL')
    await demo.ended()
    expect(demo.text).toMatch(/error\[ERR_RELAY_ENDED\]: Relay one of gateio_spot was ended by SIGKILL\./)
    expect(demo.text).not.toMatch(/error\[(?!ERR_RELAY_ENDED)/)
  })

  test('whose nats-server ends by itself says so, and leaves no process', { timeout: 120_000 }, async () => {
    const demo = new Demo('--duration', '1m')
    await demo.says(/relay one is process/)
    const port = /nats:\/\/127\.0\.0\.1:(\d+)/.exec(demo.text)?.[1]
    const found = spawnSync('pgrep', ['-f', `nats-server -a 127.0.0.1 -p ${port} `], { encoding: 'utf8' }).stdout
    process.kill(Number(found.trim()), 'SIGKILL')
    await demo.ended()
    expect(demo.text).toMatch(/error\[ERR_NO_NATS_SERVER\]: The nats-server at \S+ ended by itself\./)
    expect(demo.text).not.toMatch(/error\[(?!ERR_NO_NATS_SERVER)/)
    expect(isRunning(Number(/relay one is process (\d+)/.exec(demo.text)?.[1]))).toBe(false)
  })

  test('whose port for metrics is taken starts nothing', { timeout: 120_000 }, async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const demo = new Demo('--metrics-port', String((taken.address() as AddressInfo).port))
    await demo.ended()
    expect(demo.text).toMatch(/^error\[ERR_PORT_IN_USE\]/)
  })

  test.each([
    ['that is killed', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['that is interrupted on a terminal', (pid: number) => process.kill(-pid, 'SIGINT')],
  ])('%s leaves no process', { timeout: 120_000 }, async (_, end) => {
    const demo = new Demo('--duration', '1m')
    await demo.says(/relay two is process/)
    const [relays, port] = [
      [...demo.text.matchAll(/is process (\d+)/g)].map(([, pid]) => Number(pid)),
      Number(/nats:\/\/127\.0\.0\.1:(\d+)/.exec(demo.text)?.[1]),
    ]
    expect(relays).toHaveLength(2)
    end(demo.pid)
    await demo.ended()
    await vi.waitFor(
      async () => expect([...relays.map(isRunning), await isAnswered(port)]).not.toContain(true),
      patience,
    )
    expect(demo.text).not.toMatch(/error\[(?!ERR_INTERRUPTED)|warning\[|is killed/)
  })
})
