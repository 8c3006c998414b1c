import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'

/** How long two connections may carry the same stream while one takes over from the other, ms: an acknowledgement's wait, a close handshake, and the way there and back. */
const takeOverMs = 15_000

/**
 * Each wanted stream is subscribed once, or about to be: what the emulation says its open connections carry, against what the user wants by the user's own
 * book-keeping, and against what the manager says is live.
 */
export class SubscribedOnce implements Watch {
  readonly name = 'subscribed once'
  readonly #world: World
  /** Since when a stream has been carried twice, by its name at the exchange. */
  readonly #doubledSince = new Map<string, number>()

  /** Since when a live stream has been carried by nobody, by its id: the answer that it has ended is on its way. */
  readonly #leftSince = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
  }

  afterStep(): Finding {
    const { manager, exchange, network, clock } = this.#world
    const times = this.#carried()
    for (const [name, count] of times) {
      if (count <= this.#redundancy) continue
      const since = this.#doubledSince.get(name) ?? clock.now()
      this.#doubledSince.set(name, since)
      if (clock.now() - since > takeOverMs + this.#slackMs)
        return `${name} is subscribed on ${count} connections at once`
    }
    for (const name of this.#doubledSince.keys())
      if ((times.get(name) ?? 0) <= this.#redundancy) this.#doubledSince.delete(name)
    if (this.#world.user.phase !== 'started') return null
    // A connection that is broken somewhere still counts: who holds it does not know yet.
    const isBroken = network.connections.some((one) => one.isClientOpen && (!one.isServerOpen || !one.isReachable))
    if (isBroken) return null
    for (const { stream, status } of manager.streamStates()) {
      const isLeft = status === 'live' && !times.has(exchange.venueNameOf(stream))
      const since = isLeft ? (this.#leftSince.get(stream.id) ?? clock.now()) : null
      if (since === null) this.#leftSince.delete(stream.id)
      else this.#leftSince.set(stream.id, since)
      if (since !== null && clock.now() - since > this.#answerMs)
        return `${stream.id} is live and no connection carries it`
    }
    return null
  }

  doubts(): readonly string[] {
    const { manager, exchange, user } = this.#world
    if (user.phase === 'starting') return ['the user has not started yet']
    const carried = this.#carried()
    const refused = new Set(manager.refused.map(({ streamId }) => streamId))
    const states = manager.streamStates().filter(({ stream }) => !refused.has(stream.id))
    const wanted = new Set(states.map(({ stream }) => exchange.venueNameOf(stream)))
    const unwanted = [...carried.keys()].filter((name) => !wanted.has(name) && !this.#mayStay(name))
    const doubts = unwanted.map((name) => `${name} is subscribed and not wanted`)
    for (const { stream, status } of states) {
      const times = carried.get(exchange.venueNameOf(stream)) ?? 0
      if (times !== this.#redundancy) doubts.push(`${stream.id} is wanted (${status}) and subscribed ${times} times`)
    }
    for (const { instrument, channel } of user.wishes.had) {
      const isThere = states.some(({ stream }) => stream.channels.includes(channel) && stream.instrument === instrument)
      if (!isThere && !this.#isRefused(instrument?.name ?? null, channel)) {
        doubts.push(
          `${channel} of ${instrument ?? 'the account'} was promised, and the manager does not want it any more`,
        )
      }
    }
    for (const { stream } of states) {
      const isWished = user.wishes.had.some(
        ({ instrument, channel }) => stream.channels.includes(channel) && stream.instrument === instrument,
      )
      if (!isWished) doubts.push(`${stream.id} is kept by the manager, and the user does not want it`)
    }
    return doubts
  }

  atRest(): Finding {
    return this.doubts()[0] ?? null
  }

  /** What was there before may be refused when it is asked for again: then the manager says so. */
  #isRefused(symbol: string | null, channel: string): boolean {
    return this.#world.manager.refused.some((one) => one.symbol === symbol && one.channel === channel)
  }

  /** An exchange that does not know a pair any more refuses to end its streams, too. */
  #mayStay(name: string): boolean {
    const { script, pairs } = this.#world
    return script.steps.some((step) => step.kind === 'refuse-pair' && name.includes(pairs[step.pair]?.base ?? '?'))
  }

  /** On how many connections each stream is to be. */
  get #redundancy(): number {
    return this.#world.script.config.redundancy ?? 1
  }

  /** How long an answer of the exchange is on its way at most, ms; longer where it stalls. */
  get #answerMs(): number {
    const { script } = this.#world
    return script.latencyMs + script.jitterMs + longestFault(this.#world)
  }

  get #slackMs(): number {
    const { config } = this.#world.script
    return (config.acknowledgementTimeoutMs ?? 10_000) + 2 * longestFault(this.#world)
  }

  /** How many connections that both ends hold carry each stream, by the emulation's own lists. */
  #carried(): ReadonlyMap<string, number> {
    const times = new Map<string, number>()
    for (const { session, isClientOpen, isServerOpen } of this.#world.network.connections) {
      if (!isClientOpen || !isServerOpen) continue
      for (const name of session?.streams ?? []) times.set(name, (times.get(name) ?? 0) + 1)
    }
    return times
  }
}

/** The longest time that anything of a script's goes wrong for, ms. */
export function longestFault({ script }: World): number {
  return Math.max(0, ...script.steps.map((step) => ('forMs' in step ? step.forMs : 0)))
}
