// An emulated exchange with a market that lives, in a process of its own; it cuts its clients on command.
import { parseInstrument } from '@tapewire/core'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { type ExchangeEmulation, startVenueServer, type VenueClient, type VenueServer } from '@tapewire/testkit'
import type { Venue } from '../workloads/workload.js'
import { commands, report } from './child-side.js'
import { pushContent } from './push-content.js'
import { type LoggedPush, PushLog } from './push-log.js'
import { SkippingClock } from './skipping-clock.js'

export type VenueCommand =
  | {
      readonly kind: 'start'
      readonly venue: Venue
      readonly symbols: readonly string[]
      readonly intervalMs: number
      /** Whether it is to be said later what was pushed. */
      readonly isLogged: boolean
    }
  | { readonly kind: 'skip'; readonly skipMs: number }
  | { readonly kind: 'cut' }
  /** Cuts the connection that is up for longest. */
  | { readonly kind: 'cut-one' }
  | { readonly kind: 'list' }

/** Times are `process.hrtime`, which all processes of a machine share. */
export type VenueReport =
  | { readonly kind: 'listening'; readonly url: string; readonly restUrl: string }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'cut'; readonly atNs: bigint }
  | { readonly kind: 'listed'; readonly pushed: readonly LoggedPush[] }

const emulations: Readonly<Record<Venue, ExchangeEmulation>> = { gateio: gateioSpotEmulation, mexc: mexcSpotEmulation }

const clock = new SkippingClock()
let server: VenueServer | null = null
/** Those that are connected, the oldest first. */
const clients = new Set<VenueClient>()
const log = new PushLog()

/** The venue, with an eye on who is connected, and, where that is logged, on what they are pushed. */
function watched(name: Venue, isLogged: boolean): ExchangeEmulation['createVenue'] {
  return (context) => {
    const venue = emulations[name].createVenue(context)
    const accept = venue.accept.bind(venue)
    venue.accept = (client, request) => {
      if (isLogged) logPushes(name, client)
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

function logPushes(name: Venue, client: VenueClient): void {
  const send = client.send.bind(client)
  client.send = (data) => {
    const content = pushContent(name, data)
    if (content !== null) log.note(content, client)
    send(data)
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
  if (command.kind === 'list') {
    report<VenueReport>({ kind: 'listed', pushed: log.pushes })
    return
  }
  if (command.kind === 'skip') {
    clock.skip(command.skipMs)
    report<VenueReport>({ kind: 'skipped' })
    return
  }
  const { venue, symbols, intervalMs, isLogged } = command
  const pairs = symbols.map((symbol) => parseInstrument(symbol))
  server = await startVenueServer({
    venue: watched(venue, isLogged),
    pairs,
    clock,
    intervalMs,
    levels: 100,
  })
  report<VenueReport>({ kind: 'listening', url: server.url, restUrl: server.restUrl })
})
