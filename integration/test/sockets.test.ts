import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type PerformanceMetrics, parseInstrument } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import { btc, closeScenes, Scene } from '../src/scene/scene.js'

const pairs = Array.from({ length: 60 }, (_, index) => parseInstrument(`COIN${index}/USDT`))

/** What both exchanges count requests over, at most. Sources: the adapters' book rules. */
const windowMs = 10_000

afterEach(closeScenes)

describe.each(exchanges)('the REST requests of a feed of $title', (exchange) => {
  it('that lost its connections three times have more than 95 % of sixty snapshots each on kept connections', async () => {
    const scene = await Scene.open(exchange, { pairs, levels: 8 })
    const { feed, record } = await scene.idle(scene.publicFeed({ symbols: pairs, channels: ['orderbook'] }))
    const allLive = (): Promise<unknown> => Promise.all(pairs.map((pair) => feed.awaitBook(pair)))
    await scene.idle(allLive())
    const first = feed.getPerformanceMetrics()
    for (let cut = 1; cut <= 3; cut += 1) {
      scene.clock.advance(windowMs)
      const { resyncs } = feed.getPerformanceMetrics()
      scene.server.faults.terminateAll()
      await scene.until(() => feed.getPerformanceMetrics().resyncs === resyncs + pairs.length)
    }
    const last = feed.getPerformanceMetrics()
    const during = (count: (metrics: PerformanceMetrics) => number): number => count(last) - count(first)
    expect(during(({ restRequests }) => restRequests)).toBe(180)
    expect(during(({ restRequestsReused }) => restRequestsReused) / 180).toBeGreaterThan(0.95)
    expect(last.restConnectionReuse).toBe(last.restRequestsReused / last.restRequests)
    expect(during(({ socketsOpened }) => socketsOpened)).toBe(3 * last.connections.length)
    expect(record.errors).toEqual([])
  })

  it('leave no connection open once its manager is closed', async () => {
    const scene = await Scene.open(exchange)
    const rest = createServer((_request, response) => void response.writeHead(500).end('{}'))
    rest.listen(0, '127.0.0.1')
    await once(rest, 'listening')
    const ended = once(rest, 'connection').then(([socket]) => once(socket as Socket, 'close'))
    const { port } = rest.address() as AddressInfo
    const { manager, record } = scene.manager({}, { restUrl: `http://127.0.0.1:${port}` })
    await manager.initialize({ symbols: [btc], channels: ['orderbook'] })
    await scene.until(() => record.books.some(({ kind }) => kind === 'snapshot-failure'))
    await manager.close()
    await ended
    rest.close()
  })
})
