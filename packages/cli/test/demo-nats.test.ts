import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const hasNatsServer = spawnSync('nats-server', ['--version']).status === 0
const folder = fileURLToPath(new URL('..', import.meta.url))
const patience = { timeout: 20_000, interval: 50 }

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
  test('kills a relay that has something', { timeout: 60_000 }, async () => {
    const demo = new Demo('--duration', '1s')
    await demo.ended()
    expect(demo.text).toMatch(/relay (one|two), which has [A-Z/]+(, [A-Z/]+)*, is killed/)
    expect(demo.text).not.toMatch(/error\[|warning\[/)
  })

  test.each([
    ['that is killed', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['that is interrupted on a terminal', (pid: number) => process.kill(-pid, 'SIGINT')],
  ])('%s leaves no process', { timeout: 60_000 }, async (_, end) => {
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
