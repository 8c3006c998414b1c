import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnyExchangeDefinition, type FeedEvents, parseInstrument, WebSocketManager } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotVenue } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { mexcSpotVenue } from '@tapewire/exchange-mexc/testing'
import { readCapture, startVenueServer, type VenueContext, type VenueServer } from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { emulatedEndpoints } from '../src/exchanges/emulated-endpoints.js'
import { bringOwnPackages } from '../src/exchanges/own-packages.js'
import { invoke, jsonLines } from './support/invoke.js'

const pairs = ['BTC/USDT', 'ETH/USDT'].map(parseInstrument)
const [btc] = pairs
let folder: string
const open: { close(): Promise<void> }[] = []

bringOwnPackages()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapewire-flight-'))
})

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  await rm(folder, { recursive: true })
})

interface Side {
  readonly definition: AnyExchangeDefinition
  readonly createVenue: (context: VenueContext) => ReturnType<typeof gateioSpotVenue> | ReturnType<typeof mexcSpotVenue>
}

interface Scene {
  readonly server: VenueServer
  readonly manager: WebSocketManager
  readonly flights: readonly FeedEvents['flight'][]
  skipUpdate(): void
  live(ms: number): Promise<void>
  until(isDone: () => boolean): Promise<void>
}

/** A manager with a flight recorder of 2 s on an emulated exchange, both on one manual clock, after the market has lived for so long that its beginning is not kept any more. */
async function flying({ definition, createVenue }: Side): Promise<Scene> {
  const clock = new ManualClock(Date.UTC(2026, 10, 26))
  let skipUpdate = (): void => {}
  const server = await startVenueServer({
    venue: (context) => {
      const venue = createVenue(context)
      skipUpdate = () => void venue.control.skipUpdates(btc as (typeof pairs)[number])
      return venue
    },
    pairs,
    clock,
    seed: 3,
    levels: 20,
  })
  const flights: FeedEvents['flight'][] = []
  const manager = new WebSocketManager({
    strategies: definition.public(emulatedEndpoints(definition, server)),
    clock,
    random: () => 0.5,
    flightRecorder: { directory: folder, seconds: 2 },
    onFlight: (flight) => void flights.push(flight),
    onError: () => {},
  })
  open.push(manager, server)
  const turn = async (ms: number): Promise<void> => {
    for (const pair of pairs) server.market.step(pair)
    clock.advance(ms)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  const scene: Scene = {
    server,
    manager,
    flights,
    skipUpdate: () => skipUpdate(),
    live: async (ms) => {
      for (const end = clock.now() + ms; clock.now() < end; ) await turn(25)
    },
    until: async (isDone) => {
      for (let turns = 0; !isDone(); turns += 1) {
        if (turns > 5_000) throw new Error('It did not come about.')
        await turn(25)
      }
    },
  }
  await manager.initialize({ symbols: pairs, channels: ['orderbook', 'trades'] })
  await scene.until(() => pairs.every((pair) => manager.orderBook(pair)?.isLive === true))
  await scene.live(6_000)
  return scene
}

const sides: readonly (readonly [string, Side])[] = [
  ['gateio_spot', { definition: gateioSpot, createVenue: gateioSpotVenue }],
  ['mexc_spot', { definition: mexcSpot, createVenue: mexcSpotVenue }],
]

const replay = (path: string, exchange: string) =>
  invoke(['replay', path, '--exchange', exchange, '--speed', 'max', '--books', '--json'])

describe.each(sides)('the flight recorder on %s', (exchange, side) => {
  test('dumps a gap, which shows again in a replay of its last seconds, and heals as it did', async () => {
    const { manager, skipUpdate, until, flights } = await flying(side)
    expect(flights).toEqual([])
    skipUpdate()
    await until(() => manager.getPerformanceMetrics().resyncs === 1 && flights.length === 1)
    const [flight] = flights
    expect(flight).toMatchObject({
      exchange,
      reason: 'gap',
      detail: expect.stringMatching(/^orderbook BTC\/USDT: /),
      lacks: [],
      suppressed: 0,
    })
    const path = flight?.path ?? ''
    const { frames, books, responses } = await readCapture(path)
    expect(books.map(({ symbol }) => symbol).sort()).toEqual(['BTC/USDT', 'ETH/USDT'])
    expect(responses).toHaveLength(1)
    const [first, last] = [frames[0]?.t ?? 0, frames.at(-1)?.t ?? 0]
    expect(last - first).toBeGreaterThan(2_000)
    expect(last - first).toBeLessThan(5_000)

    const replayed = await replay(path, exchange)
    expect(replayed.stderr).toMatch(/book BTC\/USDT lost an update: an update is missing/)
    expect(replayed.stderr).not.toContain('ETH/USDT')
    expect(JSON.parse(replayed.stdout)).toMatchObject({
      gaps: 1,
      resyncs: 1,
      errors: 0,
      unknown: 0,
      books: { 'BTC/USDT': { status: 'live' }, 'ETH/USDT': { status: 'live' } },
    })
  })

  test('dumps a frame that cannot be read, which decode shows', async () => {
    const { server, until, flights } = await flying(side)
    server.faults.corruptFrames(1)
    await until(() => flights.length === 1)
    const path = flights[0]?.path ?? ''
    expect(flights[0]).toMatchObject({ reason: 'malformed-frame' })
    const decoded = await invoke(['decode', path, '--exchange', exchange])
    const messages = jsonLines(decoded.stdout).flatMap(
      (line) => (line as { messages: { type: number; data: { code?: string } }[] }).messages,
    )
    const bad = messages.filter(({ type }) => type === -1)
    expect(bad).toMatchObject([{ data: { code: 'ERR_MALFORMED_FRAME' } }])
  })
})

describe('the flight recorder', () => {
  const [[, side]] = sides as [(typeof sides)[number]]

  test('writes when it is asked to, and nothing when a stream is given back or the manager closed', async () => {
    const { manager, live, flights } = await flying(side)
    const flight = await manager.dumpFlight(join(folder, 'asked', 'now.jsonl'))
    expect(flights).toEqual([flight])
    expect(flight).toMatchObject({
      reason: 'call',
      lacks: [],
      files: [expect.stringMatching(/now\.jsonl$/), expect.stringMatching(/now\.books\.jsonl$/)],
    })
    await expect(manager.dumpFlight(join(folder, 'asked', 'now.jsonl'))).rejects.toMatchObject({
      code: 'ERR_FLIGHT_UNWRITABLE',
    })
    const given = manager.unsubscribe(['ETH/USDT'])
    await live(2_000)
    await given
    await manager.close()
    expect(await readdir(folder)).toEqual(['asked'])
    const { frames } = await readCapture(flight.path)
    expect(new Set(frames.map(({ url }) => url?.split('#')[1]))).toEqual(new Set(['1']))
  })
})
