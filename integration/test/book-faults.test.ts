import type { ExchangeFeed, Instrument } from '@tapewire/core'
import { MessageType, StreamError } from '@tapewire/core'
import type { EmulatedVenue } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmulatedExchange, gateio, mexc } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { btc, closeScenes, eth, Scene, sol } from '../src/scene/scene.js'

const pairs = [btc, eth, sol]

afterEach(closeScenes)

interface BookSource {
  readonly name: string
  readonly exchange: EmulatedExchange
  readonly options: Readonly<Record<string, unknown>>
}

const gateioUpdates: BookSource = { name: 'Gate.io order_book_update', exchange: gateio, options: {} }
const gateioObu: BookSource = { name: 'Gate.io obu', exchange: gateio, options: { orderbookChannel: 'obu' } }
const mexcDepth: BookSource = { name: 'MEXC aggre.depth', exchange: mexc, options: {} }

async function open<Emulation extends EmulatedVenue>(
  exchange: EmulatedExchange<Emulation>,
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ scene: Scene<Emulation>; feed: ExchangeFeed; record: FeedRecord }> {
  const scene = await Scene.open(exchange, { pairs })
  const { feed, record } = await scene.publicFeed({ symbols: pairs, channels: ['orderbook'], options })
  await Promise.all(pairs.map((pair) => feed.awaitBook(pair)))
  return { scene, feed, record }
}

/** The statuses a book has had since it was first live. */
function statusesOf({ streams }: FeedRecord, pair: Instrument): string[] {
  const statuses = streams.filter(({ symbol }) => symbol === pair).map(({ status }) => status)
  return statuses.slice(statuses.indexOf('live'))
}

describe.each([gateioUpdates, gateioObu, mexcDepth])('an update of $name that never came', ({ exchange, options }) => {
  it('shows with the very next one: that book alone is gapped, then live and true again', async () => {
    const { scene, feed, record } = await open(exchange, options)
    const statuses: string[] = []
    feed.on('orderbook', ({ symbol }) => void statuses.push(`${symbol} ${feed.orderBook(symbol)?.status}`))
    scene.venue.control.skipUpdates(btc)
    for (const pair of pairs) scene.server.market.step(pair)
    scene.clock.advance(100)
    await scene.until(() => statuses.length === 2)
    expect(statuses.sort()).toEqual(['ETH/USDT live', 'SOL/USDT live'])
    expect(feed.orderBook(btc)?.isLive).toBe(true)
    for (const pair of pairs) scene.server.market.step(pair)
    scene.clock.advance(100)
    await scene.until(() => statuses.length >= 5)
    expect(statuses.slice(2, 5).sort()).toEqual(['BTC/USDT gapped', 'ETH/USDT live', 'SOL/USDT live'])
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(feed, pairs)
    expect(pairs.map((pair) => statusesOf(record, pair))).toEqual([['live', 'gapped', 'live'], ['live'], ['live']])
    expect(record.books.map(({ kind, symbol }) => `${kind} ${symbol}`)).toEqual(['gap BTC/USDT', 'resync BTC/USDT'])
    expect(record.books[0]).toMatchObject({ reason: 'an update is missing' })
    expect(feed.getPerformanceMetrics()).toMatchObject({ gaps: 1, resyncs: 1, liveBooks: 3 })
  })

  it.each([
    ['decades ahead of', Date.UTC(2060, 0)],
    ['decades behind', Date.UTC(2000, 0)],
  ])('heals as well where the clock of the manager is %s the machine’s', async (_where, startAt) => {
    const scene = await Scene.open(exchange, { pairs, startAt })
    const { feed, record } = await scene.publicFeed({ symbols: pairs, channels: ['orderbook'], options })
    await Promise.all(pairs.map((pair) => feed.awaitBook(pair)))
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.books.some(({ kind }) => kind === 'gap'))
    const gappedAt = scene.clock.now()
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    expect(scene.clock.now() - gappedAt).toBeLessThan(5_000)
    for (const { receivedAt } of record.messages) expect(Math.abs(receivedAt - startAt)).toBeLessThan(60_000)
    await scene.expectTrueBooks(feed, pairs)
  })

  it('makes the book refuse to be used until it is live again', async () => {
    const { scene, feed, record } = await open(exchange, options)
    const book = feed.orderBook(btc)
    let refusal: unknown = null
    feed.on('stream', ({ status }) => {
      if (status !== 'gapped') return
      try {
        book?.requireLive()
      } catch (thrown) {
        refusal = thrown
      }
    })
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.books.some(({ kind }) => kind === 'resync'))
    expect(refusal).toBeInstanceOf(StreamError)
    expect(refusal).toMatchObject({ code: 'ERR_BOOK_NOT_LIVE' })
    expect(await feed.awaitBook(btc)).toBe(book?.requireLive())
  })

  it('comes about again and again without ever leaving a false book that says it is live', async () => {
    const { scene, feed, record } = await open(exchange, options)
    let turns = 0
    await scene.live(() => {
      if (turns % 150 === 0) scene.venue.control.skipUpdates(pairs[(turns / 150) % 3] as Instrument, 2)
      turns += 1
      return turns > 900 && record.books.filter(({ kind }) => kind === 'gap').length >= 5
    })
    await scene.live(() => pairs.every((pair) => feed.orderBook(pair)?.isLive))
    await scene.expectTrueBooks(feed, pairs)
  })
})

describe.each([gateioUpdates, mexcDepth])('a snapshot of $name', ({ exchange, options }) => {
  it('that is older than the updates is asked for again until it fits', async () => {
    const { scene, feed, record } = await open(exchange, options)
    scene.venue.control.staleSnapshots(3)
    const asked = scene.seen.requests.length
    scene.venue.control.skipUpdates(eth)
    await scene.live(() => record.books.some(({ kind }) => kind === 'resync'))
    await scene.expectTrueBooks(feed, pairs)
    expect(record.books.map(({ kind, symbol }) => `${kind} ${symbol}`)).toEqual([
      'gap ETH/USDT',
      ...Array(3).fill('snapshot-failure ETH/USDT'),
      'resync ETH/USDT',
    ])
    expect(scene.seen.requests.length - asked).toBe(4)
  })

  it.each([
    ['empty', 'has no levels'],
    ['without-id', 'cannot be read'],
    ['not-a-number', 'cannot be read'],
    ['endless', 'has more than'],
  ] as const)('that is %s is refused, reported, and asked for again until one is right', async (how, words) => {
    const scene = await Scene.open(exchange, { pairs })
    const socket = { maxPayloadBytes: 1024 * 1024 }
    const { feed, record } = await scene.publicFeed({
      symbols: pairs,
      channels: ['orderbook'],
      options: { ...options, socket },
    })
    await Promise.all(pairs.map((pair) => feed.awaitBook(pair)))
    scene.venue.control.spoilSnapshots(how)
    scene.venue.control.skipUpdates(eth)
    const failures = () => record.books.filter((event) => event.kind === 'snapshot-failure')
    await scene.live(() => failures().length === 3)
    expect(feed.orderBook(eth)?.status).toBe('gapped')
    for (const { symbol, error } of failures()) {
      expect([symbol, String(error.message)]).toEqual([eth, expect.stringContaining(words)])
    }
    scene.venue.control.spoilSnapshots(null)
    await scene.live(() => record.books.some(({ kind }) => kind === 'resync'))
    await scene.expectTrueBooks(feed, pairs)
    expect(pairs.map((pair) => statusesOf(record, pair))).toEqual([['live'], ['live', 'gapped', 'live'], ['live']])
  })

  const refusals = [
    ['429', { status: 429, body: '{"label":"TOO_MANY_REQUESTS"}', headers: { 'retry-after': '7' } }],
    [
      'a page of a firewall',
      { status: 403, body: '<html>Access Denied</html>', headers: { 'content-type': 'text/html' } },
    ],
  ] as const

  it.each(refusals)('that is refused with %s is waited for, reported, and then had', async (_with, refusal) => {
    const { scene, feed, record } = await open(exchange, options)
    const asked = scene.seen.requests.length
    const refused = (): number =>
      scene.seen.requests.slice(asked).filter(({ status }) => status === refusal.status).length
    scene.seen.intercept = () => refusal
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => refused() === 3)
    scene.seen.intercept = () => null
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(feed, pairs)
    const times = scene.seen.requests.slice(asked).map(({ at }) => at)
    expect(times).toHaveLength(4)
    const pauses = times.slice(1).map((at, index) => at - (times[index] as number))
    const [first = 0, second = 0, third = 0] = pauses
    const atLeast = 'retry-after' in refusal.headers ? 7_000 : 500
    expect(Math.min(first, second, third)).toBeGreaterThanOrEqual(atLeast)
    expect(third).toBeGreaterThanOrEqual(first)
    expect(record.errors.map(({ code }) => code)).toEqual(times.slice(1).map(() => 'ERR_RATE_LIMITED'))
  })

  it('that the venue fails to give is asked for again, and reported', async () => {
    const { scene, feed, record } = await open(exchange, options)
    scene.seen.intercept = () => ({ status: 500, body: '{"code":1,"label":"INTERNAL","message":"oops"}' })
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.books.filter(({ kind }) => kind === 'snapshot-failure').length === 3)
    scene.seen.intercept = () => null
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(feed, pairs)
    expect(record.books.find((event) => event.kind === 'snapshot-failure')).toMatchObject({
      error: { code: 'ERR_REST_FAILED' },
      isExhausted: false,
    })
  })
})

describe.each([gateioUpdates, gateioObu])(
  'a whole book that $name pushes in the middle of its updates',
  ({ options }) => {
    it('leaves the book live and true', async () => {
      const { scene, feed, record } = await open(gateio, options)
      for (const pair of pairs) {
        for (let step = 0; step < 5; step += 1) scene.server.market.step(pair)
        scene.venue.control.pushFullBook(pair)
      }
      let turns = 0
      await scene.live(() => turns++ === 50)
      await scene.expectTrueBooks(feed, pairs)
      const images = record.of(MessageType.Orderbook).filter(({ data }) => data.kind === 'snapshot')
      expect(images.length).toBeGreaterThanOrEqual(3)
      expect(record.books).toEqual([])
      expect(pairs.map((pair) => statusesOf(record, pair))).toEqual([['live'], ['live'], ['live']])
    })
  },
)

describe('a whole book that Gate.io pushes after a gap', () => {
  it('heals it though no snapshot can be had', async () => {
    const { scene, feed, record } = await open(gateio)
    scene.seen.intercept = () => ({ status: 500, body: '{}' })
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.books.some(({ kind }) => kind === 'gap'))
    scene.venue.control.pushFullBook(btc)
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(feed, pairs)
  })
})

describe('an acknowledgement that is lost while Gate.io obu heals a gap', () => {
  it('delays the new image, and the book is live and true with it', async () => {
    const { scene, feed, record } = await open(gateio, gateioObu.options)
    scene.server.faults.rewrite((frame) => (String(frame).includes('"unsubscribe"') ? [] : [frame]))
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.books.some(({ kind }) => kind === 'gap'))
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(feed, pairs)
  })
})

describe('a subscription of its own by which a book of Gate.io obu would heal', () => {
  /** The next subscription of BTC is answered with these words, and brings no snapshot. */
  function refuseOnce({ server }: Scene, words: string): void {
    let isTold = false
    server.faults.rewrite((frame) => {
      const text = String(frame)
      if (isTold || !text.includes('BTC_USDT')) return [frame]
      if (!text.includes('"event":"subscribe"')) return text.includes('"full":true') ? [] : [frame]
      isTold = true
      const answer = { ...JSON.parse(text), error: { code: 2, message: words }, result: { status: 'fail' } }
      return [JSON.stringify(answer)]
    })
  }

  const refused = 'unknown currency pair: BTC_USDT'

  it('is tried again, soon, when the exchange refuses it once', async () => {
    const { scene, feed, record } = await open(gateio, gateioObu.options)
    refuseOnce(scene, refused)
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.books.some((event) => event.kind === 'snapshot-failure'))
    expect(record.books.at(-1)).toMatchObject({ error: { code: 'ERR_SUBSCRIPTION_REJECTED' }, isExhausted: false })
    const refusedAt = scene.clock.now()
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    expect(scene.clock.now() - refusedAt).toBeLessThan(2_000)
    await scene.expectTrueBooks(feed, pairs)
    expect(feed.manager.streamStates().map(({ status }) => status)).toEqual(['live', 'live', 'live'])
  })

  it('is tried again after a reconnect, though it was refused before', async () => {
    const { scene, feed, record } = await open(gateio, gateioObu.options)
    refuseOnce(scene, refused)
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.books.some(({ kind }) => kind === 'snapshot-failure'))
    scene.server.faults.terminateAll()
    await scene.live(() => pairs.every((pair) => feed.orderBook(pair)?.isLive))
    await scene.expectTrueBooks(feed, pairs)
  })

  it('is not asked for any more once the book is unsubscribed', async () => {
    const { scene, feed, record } = await open(gateio, gateioObu.options)
    refuseOnce(scene, refused)
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => record.books.some(({ kind }) => kind === 'snapshot-failure'))
    await scene.idle(feed.unsubscribe([btc]))
    const asked = scene.seen.messages.length
    let turns = 0
    await scene.live(() => turns++ === 300)
    const later = scene.seen.messages.slice(asked).map(({ text }) => text)
    expect(later.filter((text) => text.includes('BTC_USDT'))).toEqual([])
    expect(feed.orderBook(btc)).toBeNull()
  })

  it('is understood to be there when the exchange says so, and the book is live once a snapshot comes of it', async () => {
    const { scene, feed, record } = await open(gateio, gateioObu.options)
    let isTold = false
    scene.server.faults.rewrite((frame) => {
      const text = String(frame)
      if (!text.includes('BTC_USDT')) return [frame]
      // As where the old subscription has not ended: the second one is refused, and brings no snapshot.
      if (text.includes('"event":"subscribe"') && !isTold) {
        isTold = true
        const answer = JSON.parse(text)
        const error = { code: 2, message: `Alert sub ${answer.payload[0]}` }
        return [JSON.stringify({ ...answer, error, result: { status: 'fail' } })]
      }
      return text.includes('"full":true') && !isTold ? [] : [frame]
    })
    scene.venue.control.skipUpdates(btc)
    await scene.live(() => isTold && feed.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(feed, pairs)
    expect(record.errors.map(({ code }) => code)).not.toContain('ERR_SUBSCRIPTION_REJECTED')
    // It waits for a snapshot that does not come; refused, its subscription would have failed.
    const failures = record.books.flatMap((event) => (event.kind === 'snapshot-failure' ? [event.error.code] : []))
    expect(failures).not.toContain('ERR_SUBSCRIPTION_REJECTED')
  })
})

describe('an update that cannot be read', () => {
  it('of Gate.io gaps its book as soon as it arrives, and no other, where its stream can be told', async () => {
    const { scene, feed, record } = await open(gateio)
    const statuses: unknown[] = []
    feed.on('message', ({ type }) => {
      if (type === MessageType.Error) statuses.push(...pairs.map((pair) => feed.orderBook(pair)?.status))
    })
    scene.server.faults.rewrite((frame) => {
      const text = String(frame)
      if (!text.includes('BTC_USDT') || !text.includes('"u":')) return [frame]
      scene.server.faults.rewrite(null)
      return [text.replace(/"u":\d+/, '"u":"x"')]
    })
    await scene.live(() => statuses.length > 0)
    expect(statuses).toEqual(['gapped', 'live', 'live'])
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(feed, pairs)
    expect(record.books[0]).toMatchObject({ kind: 'gap', symbol: btc, reason: expect.stringContaining('"x"') })
  })

  it('of Gate.io has every book that may have lost it gapped, and then live and true again', async () => {
    const { scene, feed, record } = await open(gateio)
    scene.server.faults.rewrite((frame) => {
      const text = String(frame)
      if (!text.includes('"u":')) return [frame]
      scene.server.faults.rewrite(null)
      return [text.replace(/"s":"\w+"/, '"s":7').replace(/"u":\d+/, '"u":"x"')]
    })
    await scene.live(() => record.errors.length > 0)
    await scene.live(() => pairs.every((pair) => feed.orderBook(pair)?.isLive))
    await scene.expectTrueBooks(feed, pairs)
    expect(record.books.filter(({ kind }) => kind === 'gap').length).toBe(3)
  })

  it('of MEXC gaps its book as soon as it arrives, where its stream can be told', async () => {
    const { scene, feed, record } = await open(mexc)
    const statuses: unknown[] = []
    feed.on('message', ({ type }) => {
      if (type === MessageType.Error) statuses.push(...pairs.map((pair) => feed.orderBook(pair)?.status))
    })
    scene.server.faults.rewrite((frame) => {
      const text = Buffer.from(frame as Uint8Array).toString('latin1')
      const price = /\d+\.\d+/g
      if (!text.includes('BTCUSDT') || !price.test(text)) return [frame]
      scene.server.faults.rewrite(null)
      return [
        Buffer.from(
          text.replace(price, (digits) => 'x'.repeat(digits.length)),
          'latin1',
        ),
      ]
    })
    await scene.live(() => statuses.length > 0)
    expect(statuses).toEqual(['gapped', 'live', 'live'])
    await scene.live(() => feed.orderBook(btc)?.isLive === true)
    await scene.expectTrueBooks(feed, pairs)
    expect(record.books[0]).toMatchObject({ kind: 'gap', symbol: btc, reason: expect.stringContaining('xxx') })
  })

  it('of MEXC at all shows with the next update of its book', async () => {
    const { scene, feed, record } = await open(mexc)
    scene.server.faults.rewrite((frame) => {
      scene.server.faults.rewrite(null)
      return [(frame as Uint8Array).subarray(0, frame.length - 3)]
    })
    await scene.live(() => record.books.some(({ kind }) => kind === 'resync'))
    await scene.expectTrueBooks(feed, pairs)
    expect(record.errors).toMatchObject([{ code: 'ERR_MALFORMED_FRAME' }])
  })
})
