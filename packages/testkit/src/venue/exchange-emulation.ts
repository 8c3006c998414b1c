import type { EndpointOptions, Instrument } from '@tapewire/core'
import type { CaptureFrame, CaptureResponse } from '../capture/capture-record.js'
import type { Venue, VenueFactory } from './venue.js'

/** A REST answer as captures hold it. */
export type RecordedAnswer = Pick<CaptureResponse, 'url' | 'status' | 'body'>

/** Options with which an exchange looks different on the wire, by a name for reports: `{ name: 'depth 20', options: { bookDepth: 20 } }`. */
export interface OptionVariant {
  readonly name: string
  readonly options: EndpointOptions & Readonly<Record<string, unknown>>
}

/**
 * One exchange from the server's side. An adapter's `./testing` entry exports one for each of its definitions, as the array `emulations`: that is where tools
 * that know the exchange by its name only find it.
 *
 * @example
 * const server = await startVenueServer({ venue: emulation.createVenue, pairs: [parseInstrument('BTC/USDT')] })
 */
export interface ExchangeEmulation<Kind extends Venue = Venue> {
  /** The definition it speaks for: `gateio_spot`. */
  readonly exchange: string
  /** The whole exchange over a simulated market, its account trading where it has one. */
  readonly createVenue: VenueFactory<Kind>
  /** What opens that account: made up, of no use anywhere else. Null where the exchange has no private streams here. */
  readonly credentials: { readonly apiKey: string; readonly apiSecret: string } | null
  /** Answers one frame of a client as an exchange that accepts everything, at `now`, epoch ms: recorded acknowledgements carry ids nobody waits for. */
  acknowledge(message: string | Buffer, now: number): readonly (string | Buffer)[]
  /** Whether a recorded frame answers a request (an acknowledgement, a pong, another reply) rather than being pushed. */
  isControl(frame: Pick<CaptureFrame, 'content'>): boolean
  /** REST answers without which no account connection is made and which captures do not hold: a listen key, say. */
  readonly accountResponses: readonly RecordedAnswer[]
  /** What the conformance kit has its market trade: at least four. Default: four spot pairs. */
  readonly instruments?: readonly Instrument[]
  /** Options of `public()` that the conformance kit tries beside the default ones: every depth of a book, every other channel of the same data. */
  readonly variants?: readonly OptionVariant[]
}
