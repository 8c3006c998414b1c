import { connect } from '@nats-io/transport-node'
import type { ExchangeFeed, GapEvent, StreamError } from '@tapewire/core'
import { startTcpProxy, type TcpProxy } from '@tapewire/testkit'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { btc, gateio, levelsOf, RelayScene, until } from './support/scene.js'

const wanted = { symbols: [btc], channels: ['orderbook', 'trades'] } as const

/** A line to NATS that can be cut. */
interface Line extends AsyncDisposable {
  readonly proxy: TcpProxy
  /** Options of whoever goes by it. */
  readonly by: { readonly servers: string; readonly connectTimeoutMs: number }
}

async function lineTo({ nats }: RelayScene): Promise<Line> {
  const proxy = await startTcpProxy({ target: { host: '127.0.0.1', port: nats.port } })
  const by = { servers: proxy.url.replace('tcp:', 'nats:'), connectTimeoutMs: 300 }
  return { proxy, by, [Symbol.asyncDispose]: () => proxy.close() }
}

const isBookLive = (feed: ExchangeFeed): boolean => feed.orderBook(btc)?.isLive === true

/** Whether two books are live and the same, level by level. */
function haveSameBook(one: ExchangeFeed, other: ExchangeFeed): boolean {
  return (
    isBookLive(one) && JSON.stringify(levelsOf(one.orderBook(btc))) === JSON.stringify(levelsOf(other.orderBook(btc)))
  )
}

/** The trades and the gaps that a feed tells from now on. */
class Told {
  readonly trades: { readonly id: string | null; readonly time: number }[] = []
  readonly gaps: GapEvent[] = []

  constructor(feed: ExchangeFeed) {
    feed.on('trades', ({ data }) => this.trades.push(...data.map(({ id, time }) => ({ id, time: time ?? 0 }))))
    feed.on('gap', (gap) => this.gaps.push(gap))
  }

  get ids(): readonly unknown[] {
    return this.trades.map(({ id }) => id)
  }

  /** Whether whatever this one missed of what another told lies in gaps that it told; a gap is told a second after its end. */
  missesOnlyInGaps(other: Told): boolean {
    const ids = new Set(this.ids)
    const gaps = this.gaps.filter(({ channel }) => channel === 'trades')
    const isInGap = (time: number): boolean => gaps.some(({ from, to }) => time >= from && time <= (to ?? 0))
    return other.trades.every(({ id, time }) => ids.has(id) || isInGap(time))
  }

  /** It told nothing twice, and nothing of its own. */
  expectOnceOf(other: Told): void {
    const ids = new Set(other.ids)
    expect(new Set(this.ids).size).toBe(this.trades.length)
    expect(this.ids.filter((id) => !ids.has(id))).toEqual([])
  }
}

describe.skipIf(!hasNatsServer)('a line that is cut', () => {
  test('between relay and NATS, without a word: consumers are gapped by the beats they miss, what does not fit is counted, and afterwards everything is true again', async () => {
    await using scene = await RelayScene.open(gateio)
    await using line = await lineTo(scene)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source, { ...line.by, whileAway: { maxBytes: 4_096 } })
    const feed = await scene.follow({ ...wanted, beatIntervalMs: 50 })
    await scene.trade(2)
    await until(() => haveSameBook(feed, source))
    const [sent, told] = [new Told(source), new Told(feed)]
    const away: unknown[] = []
    relay.on('connection', ({ error }) => away.push(error?.code ?? null))
    let dropped = 0
    relay.on('drop', ({ records }) => {
      dropped += records
    })
    line.proxy.faults.halfOpen()
    await until(() => !isBookLive(feed))
    // Before the relay itself can know.
    expect(away).toEqual([])
    expect(feed.streamStates().map(({ status }) => status)).not.toContain('live')
    while (relay.metrics().isConnected) await scene.trade(1)
    expect(away[0]).toBe('ERR_CONNECTION_TIMEOUT')
    while (dropped === 0) await scene.trade(1)
    const { waitingBytes, droppedRecords } = relay.metrics()
    expect([waitingBytes > 0, waitingBytes <= 4_096, droppedRecords]).toEqual([true, true, dropped])
    line.proxy.faults.heal()
    await until(() => isBookLive(feed))
    await scene.trade(2)
    await until(() => haveSameBook(feed, source) && new Set(told.gaps.map(({ channel }) => channel)).size === 2)
    await until(() => told.ids.at(-1) === sent.ids.at(-1))
    await until(() => told.missesOnlyInGaps(sent))
    told.expectOnceOf(sent)
    expect(told.trades.length).toBeLessThan(sent.trades.length)
    expect(relay.metrics()).toMatchObject({ isConnected: true, waitingBytes: 0 })
  })

  test('between relay and NATS, by a reset, for less than three beats: what was on its way is sent again, and consumers miss nothing', async () => {
    await using scene = await RelayScene.open(gateio)
    await using line = await lineTo(scene)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source, line.by)
    const feed = await scene.follow(wanted)
    await scene.trade(1)
    await until(() => haveSameBook(feed, source))
    const [sent, told] = [new Told(source), new Told(feed)]
    // What is sent now gets nowhere.
    line.proxy.faults.stall('to-server')
    await scene.trade(2)
    line.proxy.faults.refuseConnections()
    line.proxy.faults.reset()
    await until(() => !relay.metrics().isConnected)
    await scene.trade(1)
    expect(relay.metrics().waitingBytes).toBeGreaterThan(0)
    line.proxy.faults.heal()
    line.proxy.faults.acceptConnections()
    await until(() => relay.metrics().isConnected)
    await scene.trade(1)
    await until(() => haveSameBook(feed, source) && told.trades.length === sent.trades.length)
    expect(told.trades).toEqual(sent.trades)
    expect(told.gaps).toEqual([])
    expect(relay.metrics()).toMatchObject({ reconnects: 1, droppedRecords: 0 })
  })

  test('between NATS and a consumer, without a word: it finds that out, is gapped, and is true again; another one notices nothing', async () => {
    await using scene = await RelayScene.open(gateio)
    await using line = await lineTo(scene)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source)
    const [feed, other] = [
      await scene.follow({ ...wanted, ...line.by, beatIntervalMs: 300 }),
      await scene.follow(wanted),
    ]
    await scene.trade(2)
    await until(() => haveSameBook(feed, source))
    const [sent, told, toOther] = [new Told(source), new Told(feed), new Told(other)]
    const losses: unknown[] = []
    feed.on('connection', ({ error }) => error !== null && losses.push(error.code))
    line.proxy.faults.halfOpen()
    while (isBookLive(feed)) await scene.trade(1)
    expect(losses[0]).toBe('ERR_CONNECTION_TIMEOUT')
    await scene.trade(1)
    line.proxy.faults.heal()
    await until(() => isBookLive(feed))
    await scene.trade(2)
    await until(() => haveSameBook(feed, source) && new Set(told.gaps.map(({ channel }) => channel)).size === 2)
    await until(() => told.ids.at(-1) === sent.ids.at(-1))
    await until(() => told.missesOnlyInGaps(sent))
    told.expectOnceOf(sent)
    await until(() => toOther.trades.length === sent.trades.length)
    expect([toOther.gaps, toOther.ids]).toEqual([[], sent.ids])
    expect(relay.metrics()).toMatchObject({ droppedRecords: 0, reconnects: 0 })
  })
})

describe.skipIf(!hasNatsServer)('a consumer that does not read', () => {
  test('is cut off by the server, finds out why, tells the gap, and is true again; another one notices nothing', async () => {
    await using scene = await RelayScene.open(gateio, { config: 'write_deadline: "50ms"\nmax_pending: 1MB\n' })
    await using line = await lineTo(scene)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source)
    const [slow, other] = [await scene.follow({ ...wanted, ...line.by }), await scene.follow(wanted)]
    await scene.trade(2)
    await until(() => haveSameBook(slow, source))
    const [sent, told, toOther] = [new Told(source), new Told(slow), new Told(other)]
    const losses: (StreamError | null)[] = []
    slow.on('connection', ({ error }) => error !== null && losses.push(error))
    line.proxy.faults.stall('to-client')
    // What many other streams would bring: every consumer hears it, and it says nothing.
    const crowd = await connect({ servers: scene.nats.url })
    const busy = new Uint8Array(64 * 1024)
    while (!(await scene.nats.log()).includes('Slow Consumer')) {
      for (let index = 0; index < 16; index += 1) crowd.publish('tapewire-beat.gateio_spot.crowd', busy)
      await crowd.flush()
      await scene.trade(1)
    }
    await crowd.close()
    await scene.trade(6)
    line.proxy.faults.heal()
    await until(() => losses.length > 0)
    expect(losses[0]).toMatchObject({ code: 'ERR_SLOW_CONSUMER', hint: expect.stringContaining('Slow Consumer') })
    await until(() => isBookLive(slow))
    await scene.trade(2)
    await until(() => haveSameBook(slow, source) && told.ids.at(-1) === sent.ids.at(-1))
    await until(() => new Set(told.gaps.map(({ channel }) => channel)).size === 2)
    for (const { reason } of told.gaps) expect(reason).toBe('connection lost (ERR_SLOW_CONSUMER)')
    await until(() => told.missesOnlyInGaps(sent))
    told.expectOnceOf(sent)
    await until(() => toOther.trades.length === sent.trades.length)
    expect([toOther.gaps, toOther.ids]).toEqual([[], sent.ids])
    expect(relay.metrics()).toMatchObject({ droppedRecords: 0, reconnects: 0 })
  })
})
