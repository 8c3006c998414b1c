import {
  type Channel,
  type ExchangeDefinition,
  type Instrument,
  type PerformanceMetrics,
  parseInstrument,
  privateChannels,
  type StreamError,
  type StreamState,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import { startVenueServer } from '@tapewire/testkit'
import type { CliExchange } from '../../exchanges/cli-exchange.js'
import { emulatedEndpoints } from '../../exchanges/emulated-endpoints.js'
import { orAborted } from '../../wait.js'
import { AccountBoard } from './account-board.js'
import { MarketBoard } from './market-board.js'

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
  readonly url: string
  readonly market: MarketBoard
  readonly account: AccountBoard
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
  { definition, loadEmulation }: CliExchange,
  { port, seed, signal, onError }: DemoOptions,
): Promise<DemoExchange> {
  const emulation = await loadEmulation()
  const server = await startVenueServer({
    venue: emulation.venue,
    pairs: demoPairs,
    seed,
    intervalMs: marketIntervalMs,
    port,
  })
  const endpoints = emulatedEndpoints(definition, server)
  const market = new MarketBoard(demoPairs.map(String))
  const account = new AccountBoard()
  const managers: WebSocketManager[] = []
  const connect = (strategies: WebSocketStrategySet, board: MarketBoard | AccountBoard): WebSocketManager => {
    const manager = new WebSocketManager({ strategies, onMessage: board.receive, onError })
    managers.push(manager)
    return manager
  }
  const close = async (): Promise<void> => {
    await Promise.all(managers.map((manager) => manager.close()))
    await server.close()
  }
  try {
    const marketChannels = channelsOf(definition, (channel) => !isPrivate(channel))
    const connecting = [
      connect(definition.public(endpoints), market).initialize({ symbols: demoPairs, channels: marketChannels }),
    ]
    if (definition.private !== undefined) {
      const strategies = definition.private(emulation.credentials, endpoints)
      const accountChannels = channelsOf(definition, isPrivate)
      connecting.push(connect(strategies, account).initialize({ symbols: [], channels: accountChannels }))
    }
    await orAborted(Promise.all(connecting), signal)
  } catch (thrown) {
    await close()
    throw thrown
  }
  return {
    name: definition.name,
    title: definition.title,
    url: server.url,
    market,
    account,
    metrics: () => managers.map((manager) => manager.getPerformanceMetrics()),
    streamStates: () => managers.flatMap((manager) => manager.streamStates()),
    close,
  }
}

function channelsOf(definition: ExchangeDefinition, wanted: (channel: Channel) => boolean): readonly Channel[] {
  return [...new Set(definition.channels.map(({ channel }) => channel))].filter(wanted)
}

function isPrivate(channel: Channel): boolean {
  return (privateChannels as readonly Channel[]).includes(channel)
}
