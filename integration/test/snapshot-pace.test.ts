import { parseInstrument } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import { mostInWindow } from '../src/scene/pace.js'
import { closeScenes, Scene } from '../src/scene/scene.js'
import type { SeenRequest } from '../src/scene/venue-watch.js'

const pairs = Array.from({ length: 300 }, (_, index) => parseInstrument(`COIN${index}/USDT`))
/** Each the last of 28, which is what a connection of MEXC carries: none would have its turn early. */
const awaited = pairs.filter((_, index) => index % 56 === 27)

afterEach(closeScenes)

/** The market a snapshot was asked for: `COIN12`. */
function baseOf({ url }: SeenRequest): string | undefined {
  const symbol = url.searchParams.get('currency_pair') ?? url.searchParams.get('symbol')
  return symbol?.replace(/_?USDT$/, '')
}

describe.each(exchanges)('three hundred books of $title after every connection was cut', (exchange) => {
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
    expect(mostInWindow(requests, 1_000)).toBeLessThanOrEqual(15)
    expect(mostInWindow(requests, 10_000)).toBeLessThanOrEqual(105)
    expect(scene.seen.sessions).toHaveLength(2 * connections)
    expect(record.errors).toEqual([])
  })
})
