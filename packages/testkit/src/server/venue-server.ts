import type { Clock, Instrument } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { MarketSimulator } from '../market/market-simulator.js'
import { createRandom } from '../random.js'
import type { Venue, VenueFactory } from '../venue/venue.js'
import { defaultMaxBacklogBytes, LoopbackServer } from './loopback-server.js'
import type { SocketFaults } from './socket-faults.js'

/** What a venue server serves, and where. */
export interface VenueServerOptions<Kind extends Venue = Venue> {
  /** The emulation, as an adapter's `./testing` entry exports it. */
  readonly venue: VenueFactory<Kind>
  /** What its market trades. */
  readonly pairs: readonly Instrument[]
  /** Default 1: the same seed, clock and requests give the same session. */
  readonly seed?: number
  /** Default: the machine's. */
  readonly clock?: Clock
  /** How often something happens on the market, ms; by default only when `server.market.step()` is called. */
  readonly intervalMs?: number
  /** Levels a side of each book; see `MarketOptions`. */
  readonly levels?: number
  /** Bytes that may wait for a client that does not read; one further behind is cut. Default 64 MiB. */
  readonly maxBacklogBytes?: number
  /** Path of `url`, for venues that serve WebSockets under one. Default `/`. */
  readonly path?: string
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
}

/** Chance of faults is none of the market's nor of the venue's. */
const faultSeed = 0x5eed

/** A running venue, of the kind it was started with. */
export interface VenueServer<Kind extends Venue = Venue> {
  /** Where clients connect: `ws://127.0.0.1:PORT/`. */
  readonly url: string
  /** Where its REST API is: `http://127.0.0.1:PORT`. */
  readonly restUrl: string
  /** The truth to compare with. */
  readonly market: MarketSimulator
  /** What can be made to go wrong with it, for one: `server.venue.control.silenceAcks()`. */
  readonly venue: Kind
  readonly faults: SocketFaults
  /** Clients connected now. */
  readonly clients: number
  /** Clients ever accepted. */
  readonly clientsSeen: number
  /** What the venue emulation has thrown: empty unless it has a bug. */
  readonly failures: readonly unknown[]
  /** Stops the market, ends venue and clients; resolves when no socket is left. Calls after the first do nothing. */
  close(): Promise<void>
}

/**
 * Starts a venue emulation over a seeded market, on a real HTTP and WebSocket server.
 * Rejects with a `TestkitError`: `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`.
 *
 * @example
 * const server = await startVenueServer({ venue: gateioSpotVenue, pairs: [parseInstrument('BTC/USDT')], seed: 7, intervalMs: 10 })
 * const strategies = gateioSpot.public({ url: server.url, restUrl: server.restUrl })
 */
export async function startVenueServer<Kind extends Venue>(
  options: VenueServerOptions<Kind>,
): Promise<VenueServer<Kind>> {
  const { pairs, seed = 1, clock = systemClock, intervalMs, levels, path = '/', host = '127.0.0.1', port = 0 } = options
  const market = new MarketSimulator({ pairs, seed, clock, ...(levels === undefined ? {} : { levels }) })
  const venue = options.venue({ clock, market, random: createRandom(~seed) })
  const { maxBacklogBytes = defaultMaxBacklogBytes } = options
  const server = new LoopbackServer(venue, { clock, random: createRandom(seed ^ faultSeed), maxBacklogBytes })
  try {
    await server.listen(host, port)
    if (intervalMs !== undefined) market.start(intervalMs)
  } catch (thrown) {
    await stop()
    throw thrown
  }
  const { address } = server
  let closing: Promise<void> | null = null
  return {
    url: `ws://${address}${path}`,
    restUrl: `http://${address}`,
    market,
    venue,
    faults: server.faults,
    get clients() {
      return server.clients
    },
    get clientsSeen() {
      return server.clientsSeen
    },
    failures: server.failures,
    close() {
      closing ??= stop()
      return closing
    },
  }

  async function stop(): Promise<void> {
    market.stop()
    venue.close()
    await server.close()
  }
}
