import { pino } from 'pino'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { MessageType, WebSocketManager } from '../src/index.js'
import { acmeStrategies } from './support/acme-exchange.js'
import { streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()

afterEach(() => {
  vi.restoreAllMocks()
})
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('a handler that holds everything back', () => {
  test('may await a subscription behind more data than may wait', async () => {
    const bench = acme.build({ config: { maxPendingMessages: 5 } })
    bench.onMessage = async ({ sequence }) => {
      // The acknowledgement is sent behind all the data.
      if (sequence === 1) await bench.manager.subscribe(['B/USDT'])
    }
    await bench.start('A')
    acme.venue.withholds = () => true
    for (const value of numbers(1, 2_000)) acme.venue.push(streamOf('A'), value)
    await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 2)
    acme.venue.withholds = () => false
    acme.venue.release()
    await bench.until(() => bench.values.length === 2_000)
    expect(bench.values).toEqual(numbers(1, 2_000))
    expect(bench.errors).toEqual([])
  })

  test('while the connection is lost and restored loses nothing, and the restoring does not wait for it', async () => {
    const bench = acme.build({ config: { maxPendingMessages: 5 } })
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    bench.onMessage = () => gate
    await bench.start('A')
    for (const value of numbers(1, 20)) acme.venue.push(streamOf('A'), value)
    await bench.until(() => bench.values.length === 1)
    // The socket is not read any more, so its end would not be noticed; the manager gives it up.
    acme.venue.answers = false
    bench.clock.advance(10_000)
    acme.venue.answers = true
    acme.venue.clients[0]?.socket.terminate()
    release()
    await bench.until(() => bench.states.includes('reconnecting'))
    await acme.venue.until(() => acme.venue.clients[1]?.streams.size === 1)
    for (const value of numbers(21, 40)) acme.venue.push(streamOf('A'), value)
    await bench.until(() => bench.values.at(-1) === 40)
    const before = bench.values.filter((value) => value <= 20)
    expect(before).toEqual(numbers(1, before.length))
    expect(bench.values.slice(before.length)).toEqual(numbers(21, 40))
  })

  test('does not hold back another connection', async () => {
    const bench = acme.build({ acme: { limits: { streamsPerConnection: 1 } }, config: { maxPendingMessages: 2 } })
    bench.onMessage = ({ symbol }) => (symbol?.base === 'A' ? new Promise<void>(() => {}) : undefined)
    await bench.start('A', 'B')
    for (const value of numbers(1, 50)) acme.venue.push(streamOf('A'), value)
    // Two sockets have no order between them.
    await bench.until(() => bench.values.length === 1)
    for (const value of numbers(101, 150)) acme.venue.push(streamOf('B'), value)
    await bench.until(() => bench.values.at(-1) === 150)
    expect(bench.values.filter((value) => value < 100)).toEqual([1])
  })

  test('may close the manager itself', async () => {
    const bench = acme.build()
    let closed: Promise<void> | null = null
    bench.onMessage = async () => {
      closed = bench.manager.close()
      await closed
    }
    await bench.start('A')
    for (const value of numbers(1, 10)) acme.venue.push(streamOf('A'), value)
    await bench.until(() => bench.states.at(-1) === 'closed')
    await closed
    await turn()
    expect([bench.values, bench.clock.pendingTimers]).toEqual([[1], 0])
  })
})

describe('a handler beside a pulled stream', () => {
  test('that throws takes no message from it', async () => {
    const bench = acme.build()
    bench.onMessage = () => {
      throw new Error('no')
    }
    await bench.start('A')
    const messages = bench.manager.messages({ type: MessageType.BookTicker })
    for (const value of numbers(1, 5)) acme.venue.push(streamOf('A'), value)
    const pulled: (number | null)[] = []
    for await (const { sequence } of messages) if (pulled.push(sequence) === 5) break
    expect(pulled).toEqual(numbers(1, 5))
    expect(bench.errors.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'ERR_HANDLER_FAILED'))
  })

  test('that throws does not let it grow without bound', async () => {
    const bench = acme.build({ config: { maxPendingMessages: 10 } })
    bench.onMessage = () => {
      throw new Error('no')
    }
    await bench.start('A')
    const messages = bench.manager.messages()
    const total = 2_000
    for (const value of numbers(1, total)) acme.venue.push(streamOf('A'), value)
    // The first 256 fill the buffer; nothing more is handled until some are pulled.
    await bench.until(() => bench.values.length === 256)
    for (let index = 0; index < 20; index += 1) await turn()
    expect(bench.values).toHaveLength(256)
    const pulled: (number | null)[] = []
    for await (const { sequence } of messages) if (pulled.push(sequence) === total) break
    expect(pulled).toEqual(numbers(1, total))
  })
})

describe('callbacks of the user that throw or reject', () => {
  test.each([
    [
      'throw',
      () => {
        throw new Error('no')
      },
    ],
    ['reject', () => Promise.reject(new Error('no'))],
  ])('end nothing when they %s, and are put on record', async (_how, callback) => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const lines: string[] = []
    const logger = pino({ level: 'error' }, { write: (line: string) => void lines.push(JSON.parse(line).event) })
    let handled = 0
    const manager = new WebSocketManager({
      strategies: acmeStrategies({ url: acme.venue.url }),
      logger,
      config: { maxPendingMessages: 1, overflowPolicy: 'drop-oldest' },
      onMessage: async () => {
        handled += 1
        await turn()
      },
      onConnectionState: callback,
      onStreamState: callback,
      onError: callback,
      onDrop: callback,
    })
    await manager.initialize({ symbols: ['A/USDT'], channels: ['book_ticker'] })
    for (const value of numbers(1, 50)) acme.venue.push(streamOf('A'), value)
    acme.venue.clients[0]?.socket.send('not JSON')
    await manager.subscribe(['B/USDT'])
    while (handled < 2) await turn()
    await manager.close()
    expect(new Set(lines)).toEqual(new Set(['callback-failed']))
    expect(lines.length).toBeGreaterThanOrEqual(5)
  })
})

describe('a slow handler whose stream is given back meanwhile', () => {
  const scene = async (): Promise<{ bench: ReturnType<typeof acme.build>; open: () => void }> => {
    const bench = acme.build()
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    bench.onMessage = () => gate
    await bench.start('A', 'B')
    for (const value of numbers(1, 5)) acme.venue.push(streamOf('A'), value)
    acme.venue.push(streamOf('B'), 100)
    return { bench, open }
  }

  test('gets nothing more of it', async () => {
    const { bench, open } = await scene()
    await bench.until(() => bench.manager.getPerformanceMetrics().pendingMessages === 5)
    bench.clock.advance(1)
    await bench.manager.unsubscribe(['A/USDT'])
    open()
    await bench.until(() => bench.values.at(-1) === 100)
    expect(bench.values).toEqual([1, 100])
  })

  test('gets nothing of the first subscription as the next one’s, once it is wanted again', async () => {
    const { bench, open } = await scene()
    await bench.until(() => bench.manager.getPerformanceMetrics().pendingMessages === 5)
    bench.clock.advance(1)
    await bench.manager.unsubscribe(['A/USDT'])
    bench.clock.advance(1)
    await bench.manager.subscribe(['A/USDT'])
    bench.clock.advance(1)
    acme.venue.push(streamOf('A'), 9)
    open()
    await bench.until(() => bench.values.at(-1) === 9)
    expect(bench.values).toEqual([1, 100, 9])
  })
})
