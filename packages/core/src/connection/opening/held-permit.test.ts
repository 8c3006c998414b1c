import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConnectionBench, turn } from '../../../test/support/connection-bench.js'
import { LoopbackServer } from '../../../test/support/loopback-server.js'
import type { ConnectionPermit } from '../../strategy/connection-limiter.js'

let server: LoopbackServer
const benches: ConnectionBench[] = []

beforeEach(async () => {
  server = await LoopbackServer.start()
})

afterEach(async () => {
  for (const bench of benches.splice(0)) {
    const closed = bench.connection.close()
    bench.clock.advance(1_000)
    await closed
  }
  await server.close()
})

/** A limiter that notes what it is asked. */
class Notes implements ConnectionPermit {
  readonly told: string[] = []
  answer: () => Promise<void> = async () => {}

  readonly ask = (): ConnectionPermit => {
    this.told.push('permit')
    return this
  }

  attempt(): Promise<void> {
    this.told.push('attempt')
    return this.answer()
  }

  end(): void {
    this.told.push('end')
  }
}

function build(permit: () => ConnectionPermit): ConnectionBench {
  const bench = new ConnectionBench({ url: server.url }, { permit })
  benches.push(bench)
  return bench
}

const never = (): Promise<void> => new Promise(() => {})

describe('a permit for a connection', () => {
  test('is asked for once and held over losses, each attempt is asked for, and it ends with the connection', async () => {
    const notes = new Notes()
    const bench = build(notes.ask)
    await bench.connection.open()
    server.clients[0]?.send('hello')
    await bench.until(() => bench.frames.length === 1)
    server.clients[0]?.terminate()
    await bench.advanceUntil(() => bench.states.filter((state) => state === 'connected').length === 2)
    expect(notes.told).toEqual(['permit', 'attempt', 'attempt'])
    const closed = bench.connection.close()
    expect(notes.told).not.toContain('end')
    await closed
    expect(notes.told).toEqual(['permit', 'attempt', 'attempt', 'end'])
  })

  test('that is not there within connectTimeoutMs fails the first attempt, and nothing has reached the exchange', async () => {
    const notes = new Notes()
    notes.answer = never
    const bench = build(notes.ask)
    const opened = bench.connection.open()
    await turn()
    bench.clock.advance(15_000)
    await expect(opened).rejects.toMatchObject({ code: 'ERR_NO_PERMIT', retryable: true })
    expect([server.handshakes.length, bench.clock.pendingTimers]).toEqual([0, 0])
    expect(notes.told).toEqual(['permit', 'attempt', 'end'])
  })

  test('that is not there in time is asked for again, whatever the strategy thinks of it, and used once it is there', async () => {
    const notes = new Notes()
    notes.answer = never
    const bench = build(notes.ask)
    const opened = bench.connection.open(true)
    await turn()
    bench.clock.advance(15_000)
    notes.answer = async () => {}
    await bench.advanceUntil(() => bench.states.at(-1) === 'connected')
    await opened
    expect(notes.told).toEqual(['permit', 'attempt', 'attempt'])
    expect(bench.errors.map(({ code }) => code)).toEqual(['ERR_NO_PERMIT'])
  })

  test('is waited for no longer once the connection is closed', async () => {
    const notes = new Notes()
    notes.answer = never
    const bench = build(notes.ask)
    const opened = bench.connection.open()
    await turn()
    await bench.connection.close()
    await expect(opened).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    expect([notes.told.at(-1), bench.clock.pendingTimers]).toEqual(['end', 0])
  })

  test('of a limiter that fails is an attempt that failed', async () => {
    const bench = build(() => {
      throw new Error('broken')
    })
    await expect(bench.connection.open()).rejects.toMatchObject({ code: 'ERR_NO_PERMIT', cause: new Error('broken') })
  })
})
