import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import type { StreamError } from '../errors/stream-error.js'
import { frameOf } from '../model/inbound-frame.js'
import type { MessageParser } from '../strategy/message-parser.js'
import { type FlightRecorderOptions, resolveFlightOptions } from './flight-options.js'
import { type FlightEvent, FlightRecorder } from './flight-recorder.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapewire-flight-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Reads nothing; frames that begin with `ack` are control. */
const parser: MessageParser = {
  parse: () => [],
  peek: ({ bytes, start }) => (bytes.toString('utf8', start, start + 3) === 'ack' ? 'control' : null),
}
const numbering: MessageParser = { ...parser, forConnection: () => parser }

interface Unread {
  unknown: number
  readonly fallbacks: Map<string, number>
}

function recorder(options: FlightRecorderOptions = {}, own: MessageParser = parser) {
  const clock = new ManualClock(1_000_000)
  const settings = resolveFlightOptions({ directory: join(folder, 'dumps'), seconds: 10, ...options })
  const flight = new FlightRecorder('acme_spot', clock, settings, own)
  const flights: FlightEvent[] = []
  const errors: StreamError[] = []
  const unread: Unread = { unknown: 0, fallbacks: new Map() }
  flight.begin({
    books: () => [],
    unread: () => unread,
    tell: (told) => void flights.push(told),
    report: (error) => void errors.push(error),
  })
  const socket = flight.frames.open({ socket: 1, url: 'wss://acme.example/ws' })
  const push = (text: string): void => socket.keepInbound(frameOf(text, clock.now()))
  /** What a trigger leads to. */
  const landed = async (): Promise<void> => {
    clock.advance(1_000)
    await expect.poll(() => flights.length + errors.length, { interval: 5 }).toBeGreaterThan(0)
  }
  return { clock, flight, flights, errors, unread, socket, push, landed }
}

const linesOf = async (path: string): Promise<unknown[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

const textsOf = async (path: string): Promise<unknown[]> =>
  (await linesOf(path)).map((line) => (line as { text: string }).text)

describe('a dump', () => {
  test('has the frames of the last seconds in both directions, and the REST answers beside', async () => {
    const { clock, flight, socket, push } = recorder()
    push('old')
    flight.keepAnswer({
      exchange: 'acme_spot',
      url: 'https://acme.example/old',
      status: 200,
      body: '{}',
      time: clock.now(),
    })
    clock.advance(10_001)
    push('{"listenKey":"hush"}')
    socket.keep('out', 'ping', clock.now())
    socket.keep('in', Buffer.from([1, 2]), clock.now())
    flight.keepAnswer({
      exchange: 'acme_spot',
      url: 'https://acme.example/new',
      status: 200,
      body: '[]',
      time: clock.now(),
    })
    const path = join(folder, 'now.jsonl')
    const [t, url] = [1_010_001, 'wss://acme.example/ws#1']
    expect(await flight.dump(path)).toMatchObject({ files: [path, join(folder, 'now.rest.jsonl')], from: t, lacks: [] })
    expect(await linesOf(path)).toEqual([
      { t, dir: 'in', url, text: '{"listenKey":"REDACTED"}' },
      { t, dir: 'out', url, text: 'ping' },
      { t, dir: 'in', url, b64: 'AQI=' },
    ])
    expect(await linesOf(join(folder, 'now.rest.jsonl'))).toEqual([
      { t, url: 'https://acme.example/new', status: 200, body: '[]' },
    ])
  })

  test('says what it lacks where more came than it may hold', async () => {
    const { flight, push } = recorder({ maxBytes: 65_536 })
    push('x'.repeat(70_000))
    for (let count = 0; count < 100; count += 1) push('y'.repeat(1_000))
    const { lacks } = await flight.dump(join(folder, 'now.jsonl'))
    expect(lacks).toEqual([
      'the first of its seconds: more bytes came than maxBytes',
      '1 frames that are longer than maxBytes',
    ])
  })

  test('begins with what parsers remember of their sockets, as long as these have frames in it', async () => {
    const { clock, flight, socket, push } = recorder({}, numbering)
    push('ack 1')
    clock.advance(60_000)
    push('data')
    expect(await textsOf((await flight.dump(join(folder, 'one.jsonl'))).path)).toEqual(['ack 1', 'data'])
    socket.end()
    flight.frames.open({ socket: 2, url: 'wss://acme.example/ws' }).keepInbound(frameOf('ack 2', clock.now()))
    expect(await textsOf((await flight.dump(join(folder, 'two.jsonl'))).path)).toEqual(['ack 1', 'data', 'ack 2'])
  })

  test('is not written where there is no place for it', async () => {
    const { flight } = recorder()
    await writeFile(join(folder, 'file'), '')
    await expect(flight.dump(join(folder, 'file', 'now.jsonl'))).rejects.toMatchObject({
      code: 'ERR_FLIGHT_UNWRITABLE',
    })
    await writeFile(join(folder, 'mine.jsonl'), 'mine')
    await expect(flight.dump(join(folder, 'mine.jsonl'))).rejects.toMatchObject({
      code: 'ERR_FLIGHT_UNWRITABLE',
      context: { Reason: 'it is there already' },
    })
    expect(await readdir(folder)).toEqual(['file', 'mine.jsonl'])
    const homeless = new FlightRecorder('acme_spot', new ManualClock(), resolveFlightOptions({}), parser)
    await expect(homeless.dump()).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG' })
  })
})

describe('what goes wrong', () => {
  test('is written down with what follows in the next second', async () => {
    const { flight, flights, push, landed } = recorder()
    push('before')
    flight.trigger('gap', 'trades BTC/USDT: a message was dropped')
    push('after')
    await landed()
    expect(flights).toMatchObject([
      { reason: 'gap', detail: 'trades BTC/USDT: a message was dropped', at: 1_000_000, suppressed: 0 },
    ])
    expect(await textsOf(flights[0]?.path ?? '')).toEqual(['before', 'after'])
    expect(flights[0]?.path).toContain('acme_spot-19700101T001640000Z-gap-')
  })

  test('again within a minute is counted, and told with the next dump', async () => {
    const { clock, flight, flights, landed } = recorder()
    flight.trigger('gap', 'first')
    await landed()
    flight.trigger('gap', 'second')
    flight.trigger('malformed-frame', 'third')
    clock.advance(59_000)
    flight.trigger('gap', 'fourth')
    clock.advance(1_000)
    await expect.poll(() => flights.length, { interval: 5 }).toBe(2)
    expect(flights[1]).toMatchObject({ detail: 'fourth', suppressed: 2 })
  })

  test('leaves so many dumps as may be, the newest', async () => {
    const { clock, flight, flights } = recorder({ minIntervalMs: 0, maxDumps: 2 })
    for (let count = 1; count <= 4; count += 1) {
      flight.trigger('gap', String(count))
      clock.advance(1_000)
      await expect.poll(() => flights.length, { interval: 5 }).toBe(count)
    }
    const names = flights.slice(2).map(({ path }) => path.slice(join(folder, 'dumps/').length))
    await expect.poll(async () => (await readdir(join(folder, 'dumps'))).sort(), { interval: 5 }).toEqual(names.sort())
  })

  test('in a frame that nothing else tells of is seen by the counts: each kind once', async () => {
    const { clock, flights, unread } = recorder({ minIntervalMs: 0 })
    unread.fallbacks.set('acme.trades', 3)
    clock.advance(2_000)
    await expect.poll(() => flights.length, { interval: 5 }).toBe(1)
    unread.fallbacks.set('acme.trades', 9)
    unread.unknown = 1
    clock.advance(2_000)
    await expect.poll(() => flights.length, { interval: 5 }).toBe(2)
    unread.unknown = 2
    clock.advance(5_000)
    expect(flights.map(({ reason }) => reason)).toEqual(['fallback', 'unknown-message'])
  })

  test('is reported where it cannot be written down', async () => {
    const { flight, flights, errors, landed } = recorder({ directory: '/dev/null/dumps' })
    flight.trigger('gap', 'first')
    await landed()
    expect(flights).toEqual([])
    expect(errors).toMatchObject([{ code: 'ERR_FLIGHT_UNWRITABLE' }])
  })

  test('is written down at once when all ends, and nothing afterwards', async () => {
    const { clock, flight, flights } = recorder()
    flight.trigger('gap', 'first')
    await flight.close()
    expect(flights).toHaveLength(1)
    clock.advance(120_000)
    flight.trigger('gap', 'second')
    clock.advance(5_000)
    await flight.close()
    expect(flights).toHaveLength(1)
    expect(clock.pendingTimers).toBe(0)
  })
})
