import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import { type HostProcess, ProcessGuard } from './process-guard.js'

class Host extends EventEmitter implements HostProcess {
  exitCode: number | undefined
  readonly exits: number[] = []

  exit(code: number): void {
    this.exits.push(code)
    this.exitCode = code
    if (this.exits.length === 1) this.emit('exit')
  }
}

function guarded(options: { readonly isJson?: boolean; readonly isWatched?: boolean } = {}): {
  host: Host
  guard: ProcessGuard
  told: string[]
} {
  const host = new Host()
  const told: string[] = []
  const guard = new ProcessGuard({ host, isJson: false, isDebug: false, write: (text) => told.push(text), ...options })
  return { host, guard, told }
}

describe('the process', () => {
  test('ends with the code of the command, and says nothing more', () => {
    const { host, guard, told } = guarded()
    guard.end(2)
    host.emit('uncaughtException', new Error('late'))
    expect({ exits: host.exits, told }).toEqual({ exits: [2], told: [] })
  })

  test('gives the terminal back before it says what ended it, and where nothing is said as well', () => {
    const { host, guard, told } = guarded()
    guard.onScreen(() => told.push('terminal given back'))
    host.emit('uncaughtException', new Error('odd'))
    expect(told[0]).toBe('terminal given back')
    expect(told[1]).toMatch(/^error\[ERR_UNEXPECTED\]: Error: odd/)
    const other = guarded()
    other.guard.onScreen(() => other.told.push('terminal given back'))
    other.host.emit('SIGTERM')
    other.host.emit('SIGTERM')
    expect(other.told).toEqual(['terminal given back'])
  })

  test('that a package ends fails, and names it', () => {
    const { host, guard, told } = guarded()
    guard.onGuest('acme')
    host.exit(0)
    expect(host.exitCode).toBe(1)
    expect(told).toEqual([
      'error[ERR_PACKAGE_BROKEN]: The process was ended before the command was done, while acme was in use. — Code of a package called process.exit(), which it must leave to the program.\n',
    ])
  })

  test('ends in order with one Ctrl-C, at once with a second', () => {
    const { host, guard, told } = guarded()
    host.emit('SIGINT')
    expect([guard.signal.aborted, host.exits]).toEqual([true, []])
    host.emit('SIGTERM')
    expect({ exits: host.exits, told }).toEqual({ exits: [130], told: [] })
  })

  test('that is watched ends when it is told to, and not with a Ctrl-C that who watches it hears as well', () => {
    const { host, guard } = guarded({ isWatched: true })
    host.emit('SIGINT')
    host.emit('message', 'something else')
    expect(guard.signal.aborted).toBe(false)
    host.emit('message', 'interrupt')
    expect([guard.signal.aborted, host.exits]).toEqual([true, []])
    host.emit('message', 'interrupt')
    expect(host.exits).toEqual([130])
  })

  test('that is watched ends where nobody watches it any more', () => {
    const { host } = guarded({ isWatched: true })
    host.emit('disconnect')
    expect(host.exits).toEqual([130])
  })

  test.each(['uncaughtException', 'unhandledRejection'])(
    'of a package that throws behind our back fails: %s',
    (event) => {
      const { host, guard, told } = guarded({ isJson: true })
      guard.onGuest('acme')
      const thrown = new Error('boom')
      thrown.stack = 'Error: boom\n    at node:internal/timers:1:2\n    at tick (file:///acme/index.js:3:9)'
      host.emit(event, thrown)
      expect(host.exits).toEqual([1])
      expect(told.map((line) => JSON.parse(line))).toMatchObject([
        {
          error: {
            code: 'ERR_PACKAGE_BROKEN',
            message:
              'While acme was in use, something was thrown that nobody could catch: Error: boom (at file:///acme/index.js:3:9).',
          },
        },
      ])
    },
  )

  test.each([[Object.create(null)], [{ toString: () => ({}) }]])('survives what has no text', (thrown) => {
    const { host, guard, told } = guarded()
    guard.onGuest('acme')
    host.emit('uncaughtException', thrown)
    expect([host.exits, told[0]]).toEqual([[1], expect.stringContaining('something that has no text')])
  })

  test('leaves a rejection to a check that listens', () => {
    const { host, told } = guarded()
    host.on('unhandledRejection', () => {})
    host.emit('unhandledRejection', new Error('of the check'))
    expect([host.exits, told]).toEqual([[], []])
  })
})
