import type { Clock } from '../clock/clock.js'
import type { SocketSettings } from '../config/endpoint-options.js'
import { StreamError } from '../errors/stream-error.js'
import { type NetworkCounting, type NetworkCounts, noTraffic } from '../metrics/network-metrics.js'
import type { Network, NetworkAnswer, NetworkEnv, NetworkRequest, SocketAddress } from '../strategy/network.js'
import type { Transport } from '../strategy/transport.js'
import { connectError } from './connect-error.js'
import { AddressCache } from './dns/address-cache.js'
import { type HostResolver, SystemResolver } from './dns/host-resolver.js'
import {
  type HttpOutcome,
  type HttpRoute,
  httpAddress,
  isWorthRepeating,
  sendHttpRequest,
} from './rest/http-request.js'
import type { RestServer } from './rest/rest-server.js'
import { RestServers } from './rest/rest-servers.js'
import type { SocketEnv } from './socket-env.js'
import { openWalker } from './walker/walker-transport.js'

const openers: Readonly<
  Record<SocketSettings['transport'], (address: SocketAddress, env: SocketEnv) => Promise<Transport>>
> = {
  // Loaded only when it is asked for: that package takes a good part of the library's time to load.
  ws: async (...socket) => (await import('./ws-transport.js')).openWs(...socket),
  walker: openWalker,
}

/** The network of the machine we run on, with what is remembered of it: where hosts are, and connections for the next REST request. One for each manager. */
export class MachineNetwork implements Network {
  readonly #counts: NetworkCounting = { ...noTraffic }
  readonly #addresses: AddressCache
  readonly #servers = new RestServers()

  /** Time is by `clock`. */
  constructor(clock: Clock, resolver: HostResolver = new SystemResolver()) {
    this.#addresses = new AddressCache(clock, resolver, this.#counts)
  }

  /** What it has counted until now. */
  get counts(): NetworkCounts {
    return this.#counts
  }

  async openSocket(address: SocketAddress, env: NetworkEnv): Promise<Transport> {
    const open = openers[env.socket.transport]
    if (open === undefined) throw unknownTransport(env.socket.transport)
    const passage = this.#addresses.passage()
    try {
      const transport = await open(address, { ...env, lookup: passage.lookup })
      this.#counts.socketsOpened += 1
      return transport
    } catch (thrown) {
      passage.fail()
      throw thrown
    }
  }

  async request(request: NetworkRequest, env: NetworkEnv): Promise<NetworkAnswer> {
    const address = httpAddress(request)
    const { agent } = env.socket
    // An agent of the user's decides itself how many connections there are.
    if (agent !== undefined) return this.#exchange(request, env, { address, agent })
    const server = this.#servers.of(address)
    return server.inTurn(env, () => this.#exchange(request, env, { address, agent: server.agent }, server))
  }

  /** Ends connections that are kept, and what is being looked up. */
  close(): void {
    this.#addresses.close()
    this.#servers.close()
  }

  async #exchange(
    request: NetworkRequest,
    env: NetworkEnv,
    route: Omit<HttpRoute, 'lookup'>,
    server: RestServer | null = null,
  ): Promise<NetworkAnswer> {
    let outcome = await this.#send(request, env, route)
    if (isWorthRepeating(outcome, request) && !env.signal.aborted) {
      // Those that are kept beside it are as old.
      server?.dropKept()
      this.#counts.restRequestsRepeated += 1
      outcome = await this.#send(request, env, route)
    }
    if ('answer' in outcome) return outcome.answer
    throw env.signal.aborted ? env.signal.reason : connectError(outcome.thrown, request.url)
  }

  async #send(request: NetworkRequest, env: NetworkEnv, route: Omit<HttpRoute, 'lookup'>): Promise<HttpOutcome> {
    const passage = this.#addresses.passage()
    const outcome = await sendHttpRequest(request, env, { ...route, lookup: passage.lookup })
    if ('thrown' in outcome && !outcome.wasAnswered) passage.fail()
    this.#counts.restRequests += 1
    if (outcome.isReused) this.#counts.restRequestsReused += 1
    return outcome
  }
}

/** By clock, so that time is one and the same in each. */
const shared = new WeakMap<Clock, MachineNetwork>()

/** The network of calls outside a manager, as scripts make them: one in the process. */
export function sharedNetwork(clock: Clock): MachineNetwork {
  const known = shared.get(clock)
  if (known !== undefined) return known
  const network = new MachineNetwork(clock)
  shared.set(clock, network)
  return network
}

function unknownTransport(name: string): StreamError {
  return new StreamError('ERR_INVALID_CONFIG', `There is no transport called "${name}".`, {
    hint: `Choose one of: ${Object.keys(openers).join(', ')}.`,
  })
}
