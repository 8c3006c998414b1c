import { type Alert, type Instrument, WebSocketManager, type WebSocketManagerOptions } from '@tapewire/core'
import type { Network } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { createRandom, type EmulatedVenue, MarketSimulator, SimulatedNetwork } from '@tapewire/testkit'
import type { EmulatedExchange } from './exchanges.js'
import { WrongClock } from './wrong-clock.js'

let scenes = 0

/** What a manager of a simulated scene is made of, besides. */
export type ManagedOptions = Partial<WebSocketManagerOptions> & { readonly isPrivate?: boolean }

/** A manager, and the alerts that it told. */
export interface WatchedManager {
  readonly manager: WebSocketManager
  readonly alerts: Alert[]
}

/** An emulated exchange on a network that exists on a clock alone: minutes of a living market take a moment. */
export class SimulatedScene {
  readonly clock: ManualClock = new ManualClock()
  /** As the exchange has it. */
  readonly exchangeClock: WrongClock = new WrongClock(this.clock)
  readonly exchange: EmulatedExchange
  readonly market: MarketSimulator
  readonly venue: EmulatedVenue
  readonly network: SimulatedNetwork
  readonly #host: string
  readonly #managers: WebSocketManager[] = []

  constructor(exchange: EmulatedExchange, pairs: readonly Instrument[], levels = 30) {
    const { clock, exchangeClock } = this
    this.exchange = exchange
    this.market = new MarketSimulator({ pairs, seed: 7, clock: exchangeClock, levels, keptCandles: 1 })
    this.venue = exchange.createVenue({ clock: exchangeClock, market: this.market, random: createRandom(1) })
    this.network = new SimulatedNetwork({ venue: this.venue, clock, random: createRandom(2), jitterMs: 20 })
    scenes += 1
    this.#host = `https://scene-${scenes}.example`
  }

  /** A manager for market data, or for the account, not initialised. Closed with the scene. */
  manager({ isPrivate = false, ...options }: ManagedOptions = {}): WatchedManager {
    const { definition, credentials } = this.exchange
    // What an adapter keeps for an account in this process must not meet that of another scene.
    const endpoints = { restUrl: this.#host }
    const alerts: Alert[] = []
    const manager = new WebSocketManager({
      strategies: isPrivate ? definition.private(credentials, endpoints) : definition.public(endpoints),
      clock: this.clock,
      random: createRandom(3),
      network: this.network,
      onAlert: (alert) => alerts.push(alert),
      onError: () => {},
      ...options,
    })
    this.#managers.push(manager)
    return { manager, alerts }
  }

  /** The network, with the answers to REST requests as `change` makes them. */
  networkWith(change: (body: string) => string): Network {
    const { network } = this
    return {
      openSocket: (address, env) => network.openSocket(address, env),
      request: async (request, env) => {
        const answer = await network.request(request, env)
        return { ...answer, text: change(answer.text) }
      },
    }
  }

  /** Lets this much time pass, one timer after the other, with everything that each brings about. */
  async pass(durationMs: number): Promise<void> {
    const end = this.clock.now() + durationMs
    await turn()
    while (this.clock.fireNext(end - this.clock.now())) await turn()
    this.clock.advance(end - this.clock.now())
    await turn()
  }

  /** Lets time pass until a condition holds. Throws where it does not within an hour. */
  async until(condition: () => boolean): Promise<void> {
    const end = this.clock.now() + 3_600_000
    while (!condition()) {
      if (!this.clock.fireNext(end - this.clock.now())) throw new Error('It did not come about within an hour.')
      await turn()
    }
  }

  /** Lets time pass until this is settled; rejects as it does. */
  async settled<Result>(work: Promise<Result>): Promise<Result> {
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    work.then(settle, settle)
    await this.until(() => isSettled)
    return work
  }

  /** Closes managers and exchange. Throws what the emulation has thrown meanwhile. */
  async close(): Promise<void> {
    this.market.stop()
    this.venue.account.stop()
    this.network.faults.resume()
    await this.settled(Promise.all(this.#managers.map((manager) => manager.close())))
    this.venue.close()
    this.network.close()
    const { failures } = this.network
    if (failures.length > 0) throw new AggregateError(failures, 'The emulation failed.')
  }
}

/** A turn of the event loop: whatever was promised is done. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
