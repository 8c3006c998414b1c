import {
  type AnyExchangeDefinition,
  type EndpointOptions,
  type Instrument,
  type PerformanceMetrics,
  parseInstrument,
  type StreamError,
  type StreamState,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import { type ExchangeEmulation, startVenueServer } from '@tapewire/testkit'
import { privateChannelsOf, publicChannelsOf } from '../../exchanges/channels-of.js'
import { emulatedEndpoints } from '../../exchanges/emulated-endpoints.js'
import { ShownAccount } from './shown-account.js'
import { ShownMarket } from './shown-market.js'

export interface DemoOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly onError: (error: StreamError) => void
}

/** One emulated exchange and the connections to it, market and account. */
export interface DemoExchange {
  readonly name: string
  readonly title: string
  /** What is traded there. */
  readonly pairs: readonly Instrument[]
  /** Where it listens, as its definition takes it. */
  readonly endpoints: Required<Pick<EndpointOptions, 'url' | 'restUrl'>>
  readonly market: ShownMarket
  readonly account: ShownAccount
  /** Of each connection's manager. */
  metrics(): readonly PerformanceMetrics[]
  streamStates(): readonly StreamState[]
  /** Ends connections and server; resolves when no socket is left. */
  close(): Promise<void>
}

/** What the simulated market trades. */
const demoPairs: readonly Instrument[] = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'].map(parseInstrument)
/** How often something happens on it, ms. */
const marketIntervalMs = 2

/** Starts an exchange and connects to it. Rejects as `startVenueServer` and `initialize` do, and then leaves nothing behind. */
export async function startDemoExchange(
  definition: AnyExchangeDefinition,
  emulation: ExchangeEmulation,
  { port, seed, signal, onError }: DemoOptions,
): Promise<DemoExchange> {
  const server = await startVenueServer({
    venue: emulation.createVenue,
    pairs: demoPairs,
    seed,
    intervalMs: marketIntervalMs,
    port,
  })
  const endpoints = emulatedEndpoints(definition, server)
  const market = new ShownMarket(demoPairs.map(String))
  const account = new ShownAccount()
  const managers: WebSocketManager[] = []
  const connect = (strategies: WebSocketStrategySet, shown: ShownMarket | ShownAccount): WebSocketManager => {
    const manager = new WebSocketManager({ strategies, onMessage: shown.receive, onError })
    managers.push(manager)
    return manager
  }
  const close = async (): Promise<void> => {
    await Promise.all(managers.map((manager) => manager.close()))
    await server.close()
  }
  try {
    const channels = publicChannelsOf(definition)
    const connecting = [
      connect(definition.public(endpoints), market).initialize({ symbols: demoPairs, channels, signal }),
    ]
    if (definition.private !== undefined && emulation.credentials !== null) {
      const strategies = definition.private(emulation.credentials, endpoints)
      const accountChannels = privateChannelsOf(definition)
      connecting.push(connect(strategies, account).initialize({ symbols: [], channels: accountChannels, signal }))
    }
    await Promise.all(connecting)
  } catch (thrown) {
    await close()
    throw thrown
  }
  return {
    name: definition.name,
    title: definition.title,
    pairs: demoPairs,
    endpoints,
    market,
    account,
    metrics: () => managers.map((manager) => manager.getPerformanceMetrics()),
    streamStates: () => managers.flatMap((manager) => manager.streamStates()),
    close,
  }
}
