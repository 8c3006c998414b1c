import { parseInstrument } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmulatedExchange, gateio, mexc } from '../src/scene/exchanges.js'
import { mostInWindow } from '../src/scene/pace.js'
import { closeScenes, Scene } from '../src/scene/scene.js'
import type { SeenRequest } from '../src/scene/venue-watch.js'

const pairs = Array.from({ length: 300 }, (_, index) => parseInstrument(`COIN${index}/USDT`))
/** Each the last of 28, which is what a connection of MEXC carries: none would have its turn early. */
const awaited = pairs.filter((_, index) => index % 56 === 27)

/** What the exchanges bear, and we stay within. Sources: the adapters' book rules. */
const limits: readonly { exchange: EmulatedExchange; title: string; most: number; windowMs: number }[] = [
  { exchange: gateio, title: gateio.title, most: 150, windowMs: 10_000 },
  { exchange: mexc, title: mexc.title, most: 75, windowMs: 5_000 },
]

afterEach(closeScenes)

/** The market a snapshot was asked for: `COIN12`. */
function baseOf({ url }: SeenRequest): string | undefined {
  const symbol = url.searchParams.get('currency_pair') ?? url.searchParams.get('symbol')
  return symbol?.replace(/_?USDT$/, '')
}

describe.each(limits)(
  'three hundred books of $title after every connection was cut',
  ({ exchange, most, windowMs }) => {
    it('ask for their snapshots at the pace the venue allows, those first that somebody waits for', async () => {
      const scene = await Scene.open(exchange, { pairs, levels: 8 })
      const { feed, record } = await scene.idle(scene.publicFeed({ symbols: pairs, channels: ['orderbook'] }))
      const allLive = (): Promise<unknown> => scene.idle(Promise.all(pairs.map((pair) => feed.awaitBook(pair))))
      await allLive()
      const before = scene.seen.requests.length
      const connections = scene.seen.sessions.length
      scene.server.faults.terminateAll()
      await scene.until(() => record.streams.filter(({ status }) => status === 'gapped').length === pairs.length)
      await scene.idle(Promise.all(awaited.map((pair) => feed.awaitBook(pair))))
      expect(feed.getPerformanceMetrics().liveBooks).toBeLessThan(40)
      await allLive()
      const requests = scene.seen.requests.slice(before)
      expect(requests.map(baseOf).sort()).toEqual(pairs.map(({ base }) => base).sort())
      // Those of the start count as well: a reconnect gives nothing back.
      expect(mostInWindow(scene.seen.requests, windowMs)).toBeLessThanOrEqual(most)
      expect(scene.seen.requests).toHaveLength(2 * pairs.length)
      expect(scene.seen.sessions).toHaveLength(2 * connections)
      expect(record.errors).toEqual([])
    })

    it('are asked for all at once where there are no more of them than the venue allows', async () => {
      const few = pairs.slice(0, 60)
      const scene = await Scene.open(exchange, { pairs: few, levels: 8 })
      const { feed, record } = await scene.idle(scene.publicFeed({ symbols: few, channels: ['orderbook'] }))
      await scene.idle(Promise.all(few.map((pair) => feed.awaitBook(pair))))
      scene.clock.advance(windowMs)
      const before = scene.seen.requests.length
      scene.server.faults.terminateAll()
      await scene.until(() => record.streams.filter(({ status }) => status === 'gapped').length === few.length)
      // The clock stands still: nothing waits for a turn.
      await scene.until(() => scene.seen.requests.length === before + few.length)
    })
  },
)
