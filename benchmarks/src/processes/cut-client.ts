import { createPublicExchange, type ExchangeFeed, type PublicChannel, type PublicExchangeOptions } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import type { Venue } from '../workloads/workload.js'

/** What a client of an emulated exchange streams, and from where. */
export interface CutClientStart {
  readonly kind: 'start'
  readonly venue: Venue
  readonly url: string
  readonly restUrl: string
  readonly symbols: readonly string[]
  readonly channels: readonly PublicChannel[]
}

/** Everything is subscribed, and every book live. */
export interface CutClientReady {
  readonly kind: 'ready'
}

const definitions = { gateio: gateioSpot, mexc: mexcSpot } as const

/** Such a client, once every book is live. */
export async function startCutClient(
  { venue, url, restUrl, symbols, channels }: CutClientStart,
  options: Pick<PublicExchangeOptions, 'config' | 'clock'>,
): Promise<ExchangeFeed> {
  const feed = await createPublicExchange({
    exchange: definitions[venue],
    symbols,
    channels,
    options: { url, restUrl },
    ...options,
  })
  await Promise.all(symbols.map((symbol) => feed.awaitBook(symbol)))
  const streams = feed.manager.streamStates().length
  if (streams !== symbols.length * channels.length) throw new Error(`There are ${streams} streams.`)
  return feed
}
