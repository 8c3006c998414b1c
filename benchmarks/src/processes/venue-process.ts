// An emulated exchange with a market that lives, in a process of its own; it cuts its clients on command.
import { parseInstrument } from '@tapewire/core'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { type ExchangeEmulation, startVenueServer, type VenueClient, type VenueServer } from '@tapewire/testkit'
import type { Venue } from '../workloads/workload.js'
import { commands, report } from './child-side.js'
import { SkippingClock } from './skipping-clock.js'

export type VenueCommand =
  | { readonly kind: 'start'; readonly venue: Venue; readonly symbols: readonly string[]; readonly intervalMs: number }
  | { readonly kind: 'skip'; readonly skipMs: number }
  | { readonly kind: 'cut' }
  /** Cuts the connection that is up for longest. */
  | { readonly kind: 'cut-one' }
  | { readonly kind: 'count' }

/** Times are `process.hrtime`, which all processes of a machine share. */
export type VenueReport =
  | { readonly kind: 'listening'; readonly url: string; readonly restUrl: string }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'cut'; readonly atNs: bigint }
  /** Trades of that time, by the exchange's clock. */
  | { readonly kind: 'counted'; readonly fromMs: number; readonly untilMs: number; readonly trades: number }

const emulations: Readonly<Record<Venue, ExchangeEmulation>> = { gateio: gateioSpotEmulation, mexc: mexcSpotEmulation }

const clock = new SkippingClock()
let server: VenueServer | null = null
/** Those that are connected, the oldest first. */
const clients = new Set<VenueClient>()
const tradeTimes: number[] = []
/** Since the first command to skip, when all is subscribed, by the exchange's clock; 0 before. */
let countedFromMs = 0

/** The venue, with an eye on who is connected. */
function watched(createVenue: ExchangeEmulation['createVenue']): ExchangeEmulation['createVenue'] {
  return (context) => {
    const venue = createVenue(context)
    const accept = venue.accept.bind(venue)
    venue.accept = (client, request) => {
      const session = accept(client, request)
      if ('status' in session) return session
      clients.add(client)
      const onClose = session.onClose.bind(session)
      session.onClose = () => {
        clients.delete(client)
        onClose()
      }
      return session
    }
    return venue
  }
}

commands<VenueCommand>(async (command) => {
  if (command.kind === 'cut') {
    const atNs = process.hrtime.bigint()
    server?.faults.terminateAll()
    report<VenueReport>({ kind: 'cut', atNs })
    return
  }
  if (command.kind === 'cut-one') {
    const atNs = process.hrtime.bigint()
    const [oldest] = clients
    oldest?.terminate()
    report<VenueReport>({ kind: 'cut', atNs })
    return
  }
  if (command.kind === 'count') {
    const fromMs = countedFromMs
    const untilMs = clock.wallTime()
    const trades = tradeTimes.filter((time) => time >= fromMs && time < untilMs).length
    report<VenueReport>({ kind: 'counted', fromMs, untilMs, trades })
    return
  }
  if (command.kind === 'skip') {
    clock.skip(command.skipMs)
    if (countedFromMs === 0) countedFromMs = clock.wallTime()
    report<VenueReport>({ kind: 'skipped' })
    return
  }
  const { venue, symbols, intervalMs } = command
  const pairs = symbols.map((symbol) => parseInstrument(symbol))
  server = await startVenueServer({
    venue: watched(emulations[venue].createVenue),
    pairs,
    clock,
    intervalMs,
    levels: 100,
  })
  server.market.listen((event) => {
    if (event.kind === 'trade') tradeTimes.push(event.time)
  })
  report<VenueReport>({ kind: 'listening', url: server.url, restUrl: server.restUrl })
})
