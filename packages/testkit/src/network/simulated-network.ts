import { type Clock, StreamError } from '@tapewire/core'
import {
  handshakeRejection,
  type Network,
  type NetworkAnswer,
  type NetworkEnv,
  type NetworkRequest,
  type SocketAddress,
  type Transport,
} from '@tapewire/core/adapter'
import type { Venue, VenueClient, VenueRequest, VenueResponse, VenueSession } from '../venue/venue.js'
import { BorrowedFrames } from './borrowed-frames.js'
import { allIsWell, NetworkFaults, type NetworkState, type Unreachable } from './network-faults.js'
import { SimulatedConnection } from './simulated-connection.js'
import type { WireTiming } from './wire.js'

/** What a simulated network is made of. */
export interface SimulatedNetworkOptions {
  /** The exchange at its other end: the only one, whatever a URL's host says. */
  readonly venue: Venue
  readonly clock: Clock
  /** 0 inclusive to 1 exclusive, as `createRandom(seed)` gives it: spreads latency. */
  readonly random: () => number
  /** How long anything takes one way, ms, at least. Default 5. */
  readonly latencyMs?: number
  /** How much longer it may take, ms; on one connection, order is kept all the same. Default 0. */
  readonly jitterMs?: number
}

const failed: VenueResponse = { status: 500, body: '{"message":"the venue emulation failed"}' }

/**
 * A network that exists on a clock alone: the option `network` of a manager or feed, over a venue emulation, without any real socket. A month of outages takes seconds, and
 * the same seed gives the same month.
 *
 * @example
 * const clock = new ManualClock()
 * const market = new MarketSimulator({ pairs, seed: 7, clock })
 * const venue = gateioSpotVenue({ clock, market, random: createRandom(1) })
 * const network = new SimulatedNetwork({ venue, clock, random: createRandom(2), jitterMs: 20 })
 * const manager = new WebSocketManager({ strategies: gateioSpot.public(), clock, network })
 */
export class SimulatedNetwork implements Network {
  readonly faults: NetworkFaults
  /** What the venue emulation has thrown: empty unless it has a bug. */
  readonly failures: unknown[] = []
  readonly #options: SimulatedNetworkOptions
  readonly #timing: WireTiming
  readonly #frames = new BorrowedFrames()
  readonly #connections = new Set<SimulatedConnection>()
  readonly #state: NetworkState = allIsWell()
  #opened = 0
  #pendingRequests = 0
  #requests = 0

  constructor(options: SimulatedNetworkOptions) {
    this.#options = options
    this.faults = new NetworkFaults(this.#connections, this.#state)
    const { clock, random, latencyMs = 5, jitterMs = 0 } = options
    this.#timing = {
      clock,
      random,
      delayMs: () => latencyMs + this.#state.extraLatencyMs + Math.floor(jitterMs * random()),
    }
  }

  /** Connections that at least one end takes for open, those whose handshake is under way included. */
  get connections(): readonly SimulatedConnection[] {
    return [...this.#connections]
  }

  /** Connections ever asked for. */
  get connectionsSeen(): number {
    return this.#opened
  }

  /** REST requests that have not been answered, and that nobody has given up. */
  get pendingRequests(): number {
    return this.#pendingRequests
  }

  /** REST requests ever made. */
  get requestsSeen(): number {
    return this.#requests
  }

  async openSocket(address: SocketAddress, { signal, clock }: NetworkEnv): Promise<Transport> {
    signal.throwIfAborted()
    this.#opened += 1
    const request = venueRequestOf({ ...address, method: 'GET', body: null })
    const connection: SimulatedConnection = new SimulatedConnection({
      id: this.#opened,
      clock: this.#options.clock,
      timing: this.#timing,
      frames: this.#frames,
      request,
      rewrite: (data) => this.#state.rewriter?.(data) ?? [data],
      onFailure: (thrown) => this.failures.push(thrown),
      onEnded: () => this.#connections.delete(connection),
    })
    const { unreachable, hold } = this.#state
    if (unreachable !== null) await this.#fail(unreachable, address.url, signal)
    this.#connections.add(connection)
    if (hold !== null) connection.stall(hold === 'frozen')
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason)
        connection.transport.terminate()
        if (!connection.isServerOpen) this.#connections.delete(connection)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      connection.shakeHands(
        (client, asked) => this.#accept(client, asked),
        (answer) => {
          signal.removeEventListener('abort', onAbort)
          if (answer === 'accepted') {
            resolve(connection.transport)
            return
          }
          this.#connections.delete(connection)
          reject(answer === 'ended' ? endedEarly(address.url) : handshakeRejection(answerOf(answer), address, clock))
        },
      )
    })
  }

  async request(request: NetworkRequest, { signal, socket }: NetworkEnv): Promise<NetworkAnswer> {
    signal.throwIfAborted()
    this.#requests += 1
    this.#pendingRequests += 1
    try {
      const { unreachable } = this.#state
      if (unreachable !== null) await this.#fail(unreachable, request.url, signal)
      await this.#travel(signal)
      if (this.#state.isDeafToRequests) await never(signal)
      const response = this.#state.requestRefusal ?? this.#handle(venueRequestOf(request))
      await this.#travel(signal)
      const answer = answerOf(response)
      if (response.isEndless === true || answer.text.length > socket.maxPayloadBytes) throw tooLarge(request.url)
      return answer
    } finally {
      this.#pendingRequests -= 1
    }
  }

  /** Ends every connection at once, and tells nobody: after the last manager is closed. */
  close(): void {
    for (const connection of this.#connections) connection.drop()
    this.#connections.clear()
  }

  #accept(client: VenueClient, request: VenueRequest): VenueSession | VenueResponse {
    try {
      return this.#state.handshakeRefusal ?? this.#options.venue.accept(client, request)
    } catch (thrown) {
      this.failures.push(thrown)
      return failed
    }
  }

  #handle(request: VenueRequest): VenueResponse {
    try {
      return this.#options.venue.handle(request)
    } catch (thrown) {
      this.failures.push(thrown)
      return failed
    }
  }

  async #fail(how: Unreachable, url: string, signal: AbortSignal): Promise<never> {
    if (how === 'no-answer') return never(signal)
    await this.#travel(signal)
    throw unreachableError(how, url)
  }

  /** One way, as long as it takes now. */
  #travel(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel()
        reject(signal.reason)
      }
      const timer = clock.setTimer(this.#timing.delayMs(), () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      })
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}

/** Rejects with the signal's reason, and does nothing before. */
function never(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function venueRequestOf({ url, method, headers, body }: NetworkRequest): VenueRequest {
  const { pathname, search } = new URL(url)
  return {
    method,
    url: new URL(pathname + search, 'http://venue.invalid'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: body ?? '',
  }
}

function answerOf({ status, headers = {}, body }: VenueResponse): NetworkAnswer {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return { status, headers: Object.fromEntries(named), text: body }
}

function unreachableError(how: Exclude<Unreachable, 'no-answer'>, url: string): StreamError {
  const { host } = new URL(url)
  return how === 'refused'
    ? new StreamError('ERR_CONNECTION_REFUSED', `Nothing accepts connections at ${host}.`)
    : new StreamError('ERR_HOST_NOT_FOUND', `The host name ${host} could not be resolved.`)
}

function endedEarly(url: string): StreamError {
  return new StreamError('ERR_CONNECTION_CLOSED', `The connection to ${new URL(url).host} could not be made.`)
}

function tooLarge(url: string): StreamError {
  const { host } = new URL(url)
  return new StreamError('ERR_REST_FAILED', `The answer of ${host} to a REST request is longer than is read.`)
}
