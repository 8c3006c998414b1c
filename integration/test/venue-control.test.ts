import { sleep } from '@tapewire/core/adapter'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmulatedExchange, gateio, mexc } from '../src/scene/exchanges.js'
import { btc, closeScenes, eth, Scene } from '../src/scene/scene.js'

interface Told {
  readonly title: string
  readonly exchange: EmulatedExchange
  /** The exchange's own code for a key that it does not know. */
  readonly unknownKey: string
  /** Where its REST API says what time it is. */
  readonly timePath: string
}

const told: readonly Told[] = [
  { title: gateio.title, exchange: gateio, unknownKey: 'INVALID_KEY', timePath: '/api/v4/spot/time' },
  { title: mexc.title, exchange: mexc, unknownKey: '10072', timePath: '/api/v3/time' },
]

const pairs = [btc, eth]

afterEach(closeScenes)

describe.each(told)('the emulation of $title, told to', ({ exchange, unknownKey, timePath }) => {
  it('answer late, acknowledges after that time and not before', async () => {
    const scene = await Scene.open(exchange, { pairs })
    scene.venue.control.delayAcks(3_000)
    const { manager } = scene.manager()
    let isAcknowledged = false
    const subscribing = manager.initialize({ symbols: [btc], channels: ['trades'] }).then(() => {
      isAcknowledged = true
    })
    await scene.until(() => scene.clock.delays.includes(3_000))
    scene.clock.advance(2_999)
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(isAcknowledged).toBe(false)
    await scene.idle(subscribing)
    scene.venue.control.delayAcks(0)
    await manager.subscribe([eth])
  })

  it('leave pings unanswered, is taken for dead while nothing else comes, and answers again afterwards', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager, record } = scene.manager()
    await manager.initialize({ symbols: [btc], channels: ['trades'] })
    scene.venue.control.silencePongs()
    await scene.idle(scene.until(() => record.states.includes('reconnecting')))
    scene.venue.control.silencePongs(false)
    await scene.idle(scene.until(() => record.states.at(-1) === 'connected'))
    const { length } = record.states
    await scene.idle(sleep(scene.clock, 60_000))
    expect(record.states).toHaveLength(length)
  })

  it('refuse a stream, refuses that one and no other until streams are accepted again', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager } = scene.manager()
    scene.venue.control.refuseStream(/ETH_?USDT/)
    await expect(manager.initialize({ symbols: pairs, channels: ['trades'] })).rejects.toMatchObject({
      code: 'ERR_SUBSCRIPTION_REJECTED',
      rejected: [{ symbol: 'ETH/USDT' }],
    })
    scene.venue.control.acceptStreams()
    await manager.subscribe([eth])
    expect(manager.streamStates()).toHaveLength(2)
  })

  it('limit streams, refuses what is too much on one connection until that ends', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const { manager } = scene.manager()
    scene.venue.control.limitStreams(1)
    await manager.initialize({ symbols: [btc], channels: ['trades'] })
    await expect(manager.subscribe([eth])).rejects.toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED' })
    scene.venue.control.limitStreams(null)
    await manager.subscribe([eth])
  })

  it('have a clock that is wrong, tells that time over REST, and an account is let in all the same', async () => {
    const scene = await Scene.open(exchange, { pairs })
    const toldAt = async (): Promise<number> => {
      const text = await (await fetch(new URL(timePath, scene.server.restUrl))).text()
      return Number(/"server_?time":(\d+)/i.exec(text)?.[1])
    }
    const before = await toldAt()
    scene.venue.control.skewClock(3_600_000)
    expect(await toldAt()).toBe(before + 3_600_000)
    await scene.privateFeed()
    scene.venue.control.skewClock(0)
    expect(await toldAt()).toBe(before)
  })

  it.each([
    ['firewall', 403],
    ['rate-limit', 429],
  ] as const)('block REST as a %s, refuses every request with %i until that ends', async (how, status) => {
    const scene = await Scene.open(exchange, { pairs })
    const ask = async (): Promise<number> => (await fetch(new URL(timePath, scene.server.restUrl))).status
    expect(await ask()).toBe(200)
    scene.venue.control.blockRest(how)
    expect(await ask()).toBe(status)
    scene.venue.control.blockRest(null)
    expect(await ask()).toBe(200)
  })

  it('refuse signatures, refuses a right one with that code until that ends', async () => {
    const scene = await Scene.open(exchange, { pairs })
    scene.venue.control.refuseSigned(unknownKey)
    await expect(scene.idle(scene.privateFeed())).rejects.toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED' })
    scene.venue.control.refuseSigned(null)
    await scene.privateFeed()
  })
})
