// An emulated exchange with a market that lives, in a process of its own; it cuts its clients on command.
import { parseInstrument } from '@tapewire/core'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { type ExchangeEmulation, startVenueServer, type VenueServer } from '@tapewire/testkit'
import type { Venue } from '../workloads/workload.js'
import { commands, report } from './child-side.js'
import { SkippingClock } from './skipping-clock.js'

export type VenueCommand =
  | { readonly kind: 'start'; readonly venue: Venue; readonly symbols: readonly string[]; readonly intervalMs: number }
  | { readonly kind: 'skip'; readonly skipMs: number }
  | { readonly kind: 'cut' }

/** Times are `process.hrtime`, which all processes of a machine share. */
export type VenueReport =
  | { readonly kind: 'listening'; readonly url: string; readonly restUrl: string }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'cut'; readonly atNs: bigint }

const emulations: Readonly<Record<Venue, ExchangeEmulation>> = { gateio: gateioSpotEmulation, mexc: mexcSpotEmulation }

const clock = new SkippingClock()
let server: VenueServer | null = null
commands<VenueCommand>(async (command) => {
  if (command.kind === 'cut') {
    const atNs = process.hrtime.bigint()
    server?.faults.terminateAll()
    report<VenueReport>({ kind: 'cut', atNs })
    return
  }
  if (command.kind === 'skip') {
    clock.skip(command.skipMs)
    report<VenueReport>({ kind: 'skipped' })
    return
  }
  const { venue, symbols, intervalMs } = command
  const pairs = symbols.map((symbol) => parseInstrument(symbol))
  server = await startVenueServer({ venue: emulations[venue].createVenue, pairs, clock, intervalMs, levels: 100 })
  report<VenueReport>({ kind: 'listening', url: server.url, restUrl: server.restUrl })
})
