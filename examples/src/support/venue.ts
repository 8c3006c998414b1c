import { type EndpointOptions, parseInstrument } from '@tapewire/core'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { type ExchangeEmulation, startVenueServer } from '@tapewire/testkit'

/** Where an example connects. */
export interface ExampleVenue {
  /** For the exchange's factories; empty where the exchange itself is meant. */
  readonly options: EndpointOptions
  /** Ends every connection without a word, as a broken network does; null where the exchange itself is meant. */
  readonly cut: (() => void) | null
  close(): Promise<void>
}

/**
 * An emulation on this machine, of Gate.io or of the exchange that is named, so that an example needs no network and shows the same market each time.
 * With `--live` on the command line: the exchange itself.
 */
export async function openVenue(
  symbols: readonly string[],
  emulation: ExchangeEmulation = gateioSpotEmulation,
): Promise<ExampleVenue> {
  if (process.argv.includes('--live')) return { options: {}, cut: null, close: async () => {} }
  const pairs = symbols.map(parseInstrument)
  const server = await startVenueServer({ venue: emulation.createVenue, pairs, intervalMs: 2 })
  return {
    options: { url: server.url, restUrl: server.restUrl },
    cut: () => server.faults.terminateAll(),
    close: () => server.close(),
  }
}
