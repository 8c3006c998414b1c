import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readCapture } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { type BookPush, type BookTraffic, bookTraffic, pushesByBook } from './support/book-traffic.js'
import { openVenue, subscribe } from './support/emulation.js'
import { btcUsdt } from './support/frames.js'

/** Recorded traffic lies beside the repository, where it is there at all. */
const folder = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url))
const isHere = existsSync(folder)

/**
 * What recorded books have in common, and so the emulated ones: a side whose image is as deep as the stream has exactly that many levels after every frame, with
 * nothing cut off by the client; what is pushed out of the depth is taken back, what comes into it is sent; nothing is taken back that was never sent; ids have
 * no holes; images are best first.
 */
function expectAsRecorded(traffic: BookTraffic, depth: number): void {
  const { imageLevels, bids, asks } = traffic
  for (const [image, [fewest, most]] of [
    [imageLevels[0], bids],
    [imageLevels[1], asks],
  ] as const) {
    if (image === depth) expect([fewest, most]).toEqual([depth, depth])
    else expect(most).toBeLessThanOrEqual(depth)
  }
  expect(traffic).toMatchObject({ isImageOrdered: true, jumps: 0, unknown: 0 })
}

/**
 * Shares in recorded books that were quiet: between 18 and 100 of 100 frames have one side only, 82 of all together; of 100 levels, 14 to 50 are gone.
 * Frames of `spot.order_book_update` have at least one level; those of `spot.obu` may have none.
 */
const recordedShares = { oneSided: [0.15, 1], removed: [0.1, 0.6] } as const

function expectSharesAsRecorded({ updates, empty, oneSided, levels, removed }: BookTraffic): void {
  const share = oneSided / (updates - empty)
  expect(share).toBeGreaterThan(recordedShares.oneSided[0])
  expect(share).toBeLessThanOrEqual(recordedShares.oneSided[1])
  expect(removed / levels).toBeGreaterThan(recordedShares.removed[0])
  expect(removed / levels).toBeLessThan(recordedShares.removed[1])
}

async function recorded(name: string, channel: string): Promise<Map<string, BookPush[]>> {
  const { frames } = await readCapture(`${folder}${name}.jsonl`)
  const pushes = frames.flatMap(({ dir, content }) => {
    if (dir !== 'in' || !content.includes(channel) || !content.includes('"update"')) return []
    return [(JSON.parse(content.toString()) as { readonly result: BookPush }).result]
  })
  return pushesByBook(pushes)
}

/** A market on which something happens every 100 ms: as quiet as those that were recorded. */
function emulated(channel: string, payload: readonly string[], seed: number): BookPush[] {
  const { connect, market, clock, get } = openVenue(seed, 160)
  const client = connect()
  const sent = client.ask(subscribe(channel, payload))
  const [full] = sent.filter(({ event }) => event === 'update').map(({ result }) => result as unknown as BookPush)
  const depth = 100
  const rest = get(`/spot/order_book?currency_pair=BTC_USDT&limit=${depth}&with_id=true`).body as {
    readonly id: number
    readonly bids: BookPush['b']
    readonly asks: BookPush['a']
  }
  for (let step = 0; step < 600; step++) {
    market.step(btcUsdt)
    clock.advance(100)
  }
  const image = full ?? ({ s: '', u: rest.id, b: rest.bids, a: rest.asks } as BookPush)
  return [image, ...client.takeResults(channel).map((result) => result as unknown as BookPush)]
}

describe.skipIf(!isHere)('recorded books', () => {
  it('of spot.order_book_update have exactly their depth after every frame', async () => {
    const books = await recorded('gateio-spot/cryptofeed-20210422', 'spot.order_book_update')
    // These began with a whole book: one id, as a snapshot has.
    const whole = ['QTUM3S_USDT', 'OMG_USDT', 'ZKS_ETH', 'INK_USDT']
    const totals = { updates: 0, oneSided: 0 }
    for (const name of whole) {
      const traffic = bookTraffic(books.get(name) as BookPush[])
      expectAsRecorded(traffic, 100)
      expect(traffic.empty).toBe(0)
      if (traffic.updates > 0) expectSharesAsRecorded(traffic)
      totals.updates += traffic.updates
      totals.oneSided += traffic.oneSided
    }
    expect(totals).toEqual({ updates: 78, oneSided: 62 })
  })

  it('of the obu channel begin with a whole book and keep its depth, many frames with ids alone', async () => {
    const [frames] = (await recorded('gateio-futures/fastmm-20261003-obu', 'futures.obu')).values()
    expect(frames?.[0]).toMatchObject({ full: true })
    expect(frames?.[0]).not.toHaveProperty('U')
    const traffic = bookTraffic(frames as BookPush[])
    expectAsRecorded(traffic, 50)
    expect(traffic).toMatchObject({ updates: 10, empty: 9 })
  })
})

describe('emulated books', () => {
  it.each([1, 2, 3])('of spot.order_book_update are as the recorded ones (market %i)', (seed) => {
    const traffic = bookTraffic(emulated('spot.order_book_update', ['BTC_USDT', '100ms'], seed))
    expectAsRecorded(traffic, 100)
    expectSharesAsRecorded(traffic)
    expect(traffic.updates).toBeGreaterThan(500)
    expect(traffic.empty).toBe(0)
  })

  it.each([1, 2, 3])('of spot.obu are as the recorded ones (market %i)', (seed) => {
    const frames = emulated('spot.obu', ['ob.BTC_USDT.50'], seed)
    expect(frames[0]).toMatchObject({ full: true })
    expect(frames[0]).not.toHaveProperty('U')
    const traffic = bookTraffic(frames)
    expectAsRecorded(traffic, 50)
    expectSharesAsRecorded(traffic)
    expect(traffic.updates).toBeGreaterThan(500)
    expect(traffic.empty).toBeGreaterThan(0)
  })

  it('of spot.order_book_update begin with an update, as those of 2026 do', () => {
    const [, first] = emulated('spot.order_book_update', ['BTC_USDT', '100ms'], 1)
    expect(first).not.toHaveProperty('full')
    expect((first?.b?.length ?? 0) + (first?.a?.length ?? 0)).toBeLessThan(20)
  })

  it('write the levels of an update in no order, as the US edition of 2026 does', () => {
    const frames = emulated('spot.order_book_update', ['BTC_USDT', '100ms'], 1).slice(1)
    const prices = frames.map(({ b = [] }) => b.map((level) => Number((level as readonly string[])[0])))
    const isFalling = (list: readonly number[]): boolean =>
      list.every((price, index) => price < (list[index - 1] ?? Infinity))
    expect(new Set(prices.filter(({ length }) => length > 2).map(isFalling))).toEqual(new Set([true, false]))
  })
})
