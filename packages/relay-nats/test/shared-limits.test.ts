import { WebSocketStrategySet } from '@tapewire/core'
import type { ConnectionLimiter } from '@tapewire/core/adapter'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { describe, expect, it } from 'vitest'
import { hasNatsServer } from '../../../tools/nats-server.js'
import { type RelayGroup, relayGroup } from '../src/index.js'
import { btc, type Emulated, gateio, RelayScene, until } from './support/scene.js'

const limits = { ...gateioSpot.limits, connectionsPerAddress: 3 }

/** Gate.io, with room for three connections from one address. */
const narrow: Emulated = {
  ...gateio,
  definition: {
    ...gateioSpot,
    limits,
    public: (options?: object) => new WebSocketStrategySet({ ...gateioSpot.public(options), limits }),
  },
}

const channels = ['trades'] as const

/** One of each of two shares, so that each of two members has a feed. The exchange does not trade the second: feeds are of the first. */
const symbols = [btc.name, 'SOL/USDT']

class Member {
  limiter: ConnectionLimiter | null = null
  readonly #scene: RelayScene

  constructor(scene: RelayScene) {
    this.#scene = scene
  }

  join(name: string): Promise<RelayGroup> {
    return relayGroup({
      servers: this.#scene.nats.url,
      group: 'test',
      exchange: gateioSpot.name,
      member: name,
      address: 'office',
      openFeed: (_, __, limiter) => {
        this.limiter = limiter
        return this.#scene.feed({ symbols: [btc.name], channels, limiter })
      },
      symbols,
      channels,
      leaseMs: 1_000,
      shares: 2,
      beatIntervalMs: 50,
    })
  }
}

describe.skipIf(!hasNatsServer)('members of a group behind one address', () => {
  it('open no more connections together than it may have: who waits gets one once another member has left', async () => {
    await using scene = await RelayScene.open(narrow)
    const [first, second] = [new Member(scene), new Member(scene)]
    const one = await first.join('one')
    await until(() => one.metrics().market !== null)
    const two = await second.join('two')
    await until(() => two.metrics().market !== null)
    expect([one.metrics().limits, two.metrics().limits]).toMatchObject([
      { held: 1, waiting: 0 },
      { held: 1, waiting: 0 },
    ])
    let isOpen = false
    const { limiter } = second
    if (limiter === null) throw new Error('It has opened no feed.')
    const further = scene.feed({ symbols: [btc.name], channels, limiter }).then(() => {
      isOpen = true
    })
    await until(() => two.metrics().limits.waiting === 1)
    // The third place is left to a connection that takes over.
    expect([scene.venue.clients, scene.venue.clientsSeen, isOpen]).toEqual([2, 2, false])
    const office = { of: 'address', name: 'office', limit: 3, taken: 2 }
    await until(() => one.metrics().limits.places[0]?.taken === 2)
    expect([one.metrics().limits.places, two.metrics().limits.places]).toEqual([
      [{ ...office, held: 1, waiting: 0 }],
      [{ ...office, held: 1, waiting: 1 }],
    ])
    await one.close(0)
    await further
    await until(() => scene.venue.clients === 2)
    expect([scene.venue.clientsSeen, two.metrics().limits]).toMatchObject([3, { held: 2, waiting: 0 }])
    await two.close(0)
  })
})
