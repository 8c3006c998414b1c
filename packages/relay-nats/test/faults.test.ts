import { connect } from '@nats-io/transport-node'
import type { ExchangeFeed, GapEvent, StreamError, StreamState } from '@tapewire/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { hopMetrics } from '../src/index.js'
import { startChildRelay } from './support/child-relay.js'
import { btc, eth, gateio, levelsOf, RelayScene, until } from './support/scene.js'

const wanted = { symbols: [btc], channels: ['orderbook', 'trades'] } as const

/** What a feed says of its streams and gaps from now on. */
function watch(feed: ExchangeFeed): { readonly states: StreamState[]; readonly gaps: GapEvent[] } {
  const [states, gaps]: [StreamState[], GapEvent[]] = [[], []]
  feed.on('stream', (state) => states.push(state))
  feed.on('gap', (gap) => gaps.push(gap))
  return { states, gaps }
}

const isBookLive = (feed: ExchangeFeed): boolean => feed.orderBook(btc)?.isLive === true

/** Whether two books are live and the same, level by level. */
function haveSameBook(one: ExchangeFeed, other: ExchangeFeed): boolean {
  return (
    isBookLive(one) && JSON.stringify(levelsOf(one.orderBook(btc))) === JSON.stringify(levelsOf(other.orderBook(btc)))
  )
}

describe.skipIf(!hasNatsServer)('between relay and consumer', () => {
  test('a server that is killed and comes back is a gap that is told, and then the books are true again', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source)
    const feed = await scene.follow({ ...wanted, alerts: { reconnectAttempts: 1 } })
    await scene.trade(2)
    await until(() => haveSameBook(feed, source))
    const { states, gaps } = watch(feed)
    await scene.nats.stop('SIGKILL')
    await until(() => !relay.metrics().isConnected && !isBookLive(feed))
    await scene.trade(2)
    expect(relay.metrics().waitingBytes).toBeGreaterThan(0)
    await scene.nats.restart()
    await until(() => isBookLive(feed))
    await scene.trade(2)
    await until(() => haveSameBook(feed, source) && gaps.length >= 2)
    expect(states.map(({ channel, status }) => `${channel} ${status}`)).toEqual(
      expect.arrayContaining(['orderbook gapped', 'trades gapped', 'orderbook live', 'trades live']),
    )
    expect(new Set(gaps.map(({ channel, action }) => `${channel} ${action}`))).toEqual(
      new Set(['orderbook resynchronised', 'trades lost']),
    )
    expect(relay.metrics()).toMatchObject({ reconnects: 1, droppedRecords: 0, waitingBytes: 0, isConnected: true })
    const storm = feed.alerts.find(({ kind }) => kind === 'reconnect-storm')
    // At the other end is no exchange that has a status page.
    expect(storm?.advice).toMatch(/^Look whether the nats-server is up/)
  })

  test('what a relay cannot keep while the server is away is counted, and the hole in the numbers is a gap', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source, { whileAway: { maxBytes: 0 } })
    const feed = await scene.follow(wanted)
    await scene.trade(2)
    const drops: number[] = []
    relay.on('drop', ({ records }) => drops.push(records))
    await scene.nats.stop('SIGKILL')
    await until(() => !relay.metrics().isConnected)
    await scene.trade(2)
    const { droppedRecords } = relay.metrics()
    expect(droppedRecords).toBeGreaterThan(0)
    expect(drops.reduce((sum, records) => sum + records, 0)).toBe(droppedRecords)
    await scene.nats.restart()
    await until(() => isBookLive(feed))
    await scene.trade(1)
    await until(() => haveSameBook(feed, source))
  })

  test('a relay that falls silent is dead after three beats, and its streams are gapped until another publishes them', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const first = await scene.relay(source)
    const feed = await scene.follow({ ...wanted, beatIntervalMs: 50 })
    await scene.trade(2)
    const { gaps, states } = watch(feed)
    const errors: StreamError[] = []
    feed.on('error', (error) => errors.push(error))
    await first.close()
    await until(() => states.filter(({ status }) => status === 'gapped').length === 2)
    expect(states.map(({ reason }) => reason).join()).toContain('The relay that published the stream is gone.')
    // Of the exchange nobody says that it reported anything.
    expect(errors).toMatchObject(errors.map(() => ({ code: 'ERR_RELAY_GAP' })))
    expect(errors.join()).not.toContain('exchange')
    await scene.relay(source)
    await until(() => isBookLive(feed))
    await scene.trade(2)
    await until(() => haveSameBook(feed, source) && gaps.length >= 2)
  })

  test('a relay that is killed is a gap, and the next one that is started has true books', async () => {
    await using scene = await RelayScene.open(gateio)
    const [first, next] = await Promise.all([startChildRelay(scene), scene.feed(wanted)])
    const feed = await scene.follow({ ...wanted, beatIntervalMs: 50 })
    await scene.trade(2)
    await until(() => haveSameBook(feed, next))
    const { gaps } = watch(feed)
    await first.kill()
    await until(() => !isBookLive(feed))
    await using _second = await startChildRelay(scene)
    await until(() => isBookLive(feed))
    await scene.trade(2)
    await until(() => haveSameBook(feed, next) && new Set(gaps.map(({ channel }) => channel)).size === 2)
  }, 60_000)

  test('a stream that nobody publishes yet is an error that says so, and with retry it is waited for', async () => {
    await using scene = await RelayScene.open(gateio)
    await scene.relay(await scene.feed({ symbols: [btc], channels: ['trades'] }))
    const both = { symbols: [btc, eth], channels: ['trades'] } as const
    await expect(scene.follow(both)).rejects.toMatchObject({
      code: 'ERR_NO_RELAY',
      retryable: true,
      shortMessage: 'No relay publishes tapewire.gateio_spot.trades.ETH/USDT.',
    })
    const following = scene.follow({ ...both, retry: true })
    await scene.relay(await scene.feed({ symbols: [eth], channels: ['trades'] }))
    const feed = await following
    expect(feed.streamStates()).toHaveLength(2)
    const ended = new AbortController()
    const waiting = scene.follow({ symbols: ['SOL/USDT'], channels: ['trades'], retry: true, signal: ended.signal })
    ended.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow()
  })

  test('a stream that is silent at the relay is stale at the consumer as well, and live once the relay says so or brings something', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed({ ...wanted, config: { staleAfterMs: 200 } })
    await scene.relay(source)
    // One that looks for itself would find the same later.
    const feed = await scene.follow({ ...wanted, config: { staleAfterMs: 0 } })
    await scene.trade(2)
    await until(() => haveSameBook(feed, source))
    const { states, gaps } = watch(feed)
    const stateOf = (one: ExchangeFeed) => one.streamStates().find(({ channel }) => channel === 'orderbook')
    await until(() => stateOf(source)?.status === 'stale')
    await until(() => stateOf(feed)?.status === 'stale')
    expect(states.find(({ status }) => status === 'stale')).toMatchObject({
      channel: 'orderbook',
      reason: expect.stringContaining('nothing came for'),
    })
    while (!isBookLive(feed)) await scene.trade(1)
    await until(() => haveSameBook(feed, source))
    expect(gaps).toEqual([])
  })

  test('a handler that is too slow costs a gap that is told, never the relay or another consumer anything', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    const relay = await scene.relay(source)
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow = await scene.follow({
      ...wanted,
      maxHeldBytes: 65_536,
      config: { maxPendingMessages: 2 },
      on: { message: () => held, error: () => {} },
    })
    const quick = await scene.follow(wanted)
    const { gaps } = watch(slow)
    while (hopMetrics(slow).overflowed === 0) {
      for (let step = 0; step < 2_000; step += 1) scene.venue.market.step()
      await scene.trade(1)
    }
    await until(() => haveSameBook(quick, source))
    expect(relay.metrics()).toMatchObject({ droppedRecords: 0, waitingBytes: 0 })
    expect(quick.getPerformanceMetrics().gaps).toBe(0)
    release()
    await until(() => isBookLive(slow))
    await scene.trade(2)
    await until(() => haveSameBook(slow, source) && gaps.length > 0)
  })

  test('of two relays of one stream the one that was started later counts', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    await scene.relay(source, { epoch: 1 })
    const feed = await scene.follow(wanted)
    await scene.trade(1)
    const { gaps } = watch(feed)
    await scene.relay(source, { epoch: 2 })
    await scene.trade(3)
    await until(() => hopMetrics(feed).outdated > 0 && haveSameBook(feed, source) && gaps.length >= 2)
    expect(new Set(gaps.map(({ channel }) => channel)).size).toBe(2)
  })

  test('whatever a stranger publishes on our subjects is counted, and changes nothing', async () => {
    await using scene = await RelayScene.open(gateio)
    const source = await scene.feed(wanted)
    await scene.relay(source)
    const feed = await scene.follow(wanted)
    await scene.trade(1)
    const { states, gaps } = watch(feed)
    const stranger = await connect({ servers: scene.nats.url })
    const subjects = [
      'tapewire.gateio_spot.orderbook.BTC/USDT',
      'tapewire.gateio_spot.trades.BTC/USDT',
      'tapewire.gateio_spot.alerts',
      'tapewire-beat.gateio_spot.1',
      'tapewire-ask.gateio_spot',
      'tapewire-ask.gateio_spot.trades.BTC/USDT',
    ]
    let [onStreams, onAlerts] = [0, 0]
    fc.assert(
      fc.property(
        fc.constantFrom(...subjects),
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        (subject, bytes, isNearly) => {
          const payload = isNearly ? Uint8Array.of(0x54, 0x57, 1, ...bytes) : bytes
          // With a kind that would be ours it is a forgery, which no check of bytes can tell.
          if (isNearly && bytes.length > 30) payload[3] = 99
          stranger.publish(subject, payload)
          if (subject.endsWith('alerts')) onAlerts += 1
          else if (subject.startsWith('tapewire.')) onStreams += 1
        },
      ),
      { numRuns: 500 },
    )
    await stranger.flush()
    await until(() => hopMetrics(feed).foreign === onStreams)
    await scene.trade(1)
    await until(() => haveSameBook(feed, source))
    await stranger.close()
    expect(feed.getPerformanceMetrics().unknownMessages).toBe(onStreams + onAlerts)
    expect(states.filter(({ status }) => status === 'gapped')).toEqual([])
    expect(gaps).toEqual([])
  })
})
