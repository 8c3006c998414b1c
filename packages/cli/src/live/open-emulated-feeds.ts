import { type AlertOptions, type Instrument, parseInstrument, resolveExchange, type StreamError } from '@tapewire/core'
import type { ExchangeEmulation } from '@tapewire/testkit'
import { publicChannelsOf } from '../exchanges/channels-of.js'
import { findEmulation } from '../exchanges/find-emulation.js'
import { Emulation } from './emulation.js'
import type { LiveFeed } from './live-feed.js'
import { openLiveFeed } from './open-live-feed.js'

export interface EmulatedFeedsOptions {
  /** The package that has the exchanges, where it is not the usual one. */
  readonly packageName?: string | undefined
  /** Of the first exchange; the next ones follow. 0 takes free ones. */
  readonly port: number
  /** How often something happens on each market, ms; 2 by default. */
  readonly intervalMs?: number | undefined
  readonly signal: AbortSignal
  readonly onError: (error: StreamError) => void
}

/** A feed of an exchange that runs on this machine. */
export type EmulatedFeed = LiveFeed & { readonly emulation: Emulation }

/** What the simulated markets trade. */
const pairs: readonly Instrument[] = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'].map(parseInstrument)
const usualIntervalMs = 2
/** A market as busy as these is never silent for so long: who silences one sees it soon. */
const staleAfterMs = 5_000
const alerts: AlertOptions = { staleMs: 10_000, clearAfterMs: 10_000 }

/**
 * Starts these exchanges on this machine and connects to each, every channel, market and account: all of them, or none. Rejects as `resolveExchange`, `findEmulation`,
 * `startVenueServer` and `initialize` do.
 */
export async function openEmulatedFeeds(
  names: readonly string[],
  options: EmulatedFeedsOptions,
): Promise<readonly EmulatedFeed[]> {
  const results = await Promise.allSettled([...new Set(names)].map((name, index) => open(name, index, options)))
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failure = results.find((result) => result.status === 'rejected')
  if (failure === undefined) return opened
  await Promise.all(opened.map((feed) => feed.close()))
  throw failure.reason
}

async function open(name: string, index: number, options: EmulatedFeedsOptions): Promise<EmulatedFeed> {
  const { packageName, port, intervalMs = usualIntervalMs, signal, onError } = options
  const definition = await resolveExchange(name, packageName)
  const found: ExchangeEmulation = await findEmulation(name, packageName)
  const place = { port: port === 0 ? 0 : port + index, seed: index + 1 }
  const emulation = await Emulation.start(definition, found, { ...place, pairs, intervalMs })
  try {
    const feed = await openLiveFeed(definition, {
      symbols: pairs,
      channels: publicChannelsOf(definition),
      ...(found.credentials === null ? {} : { credentials: found.credentials }),
      endpoints: emulation.endpoints,
      emulation,
      signal,
      onError,
      manager: { config: { staleAfterMs }, alerts },
    })
    return feed as EmulatedFeed
  } catch (thrown) {
    await emulation.close()
    throw thrown
  }
}
