import type { ExchangeEmulation } from '@tapewire/testkit'
import { type NimbusSpotVenue, nimbusSpotVenue } from './venue.js'

const controlTypes: ReadonlySet<unknown> = new Set(['ack', 'reply', 'heartbeat', 'ping', 'error', 'notice'])

/** What tools need of Nimbus that know it by its name only. */
export const nimbusSpotEmulation: ExchangeEmulation<NimbusSpotVenue> = {
  exchange: 'nimbus_spot',
  createVenue: nimbusSpotVenue,
  credentials: null,
  acknowledge(message) {
    const {
      id,
      op,
      channel,
      symbols = [],
    } = JSON.parse(message.toString()) as {
      readonly id?: number
      readonly op?: string
      readonly channel?: string
      readonly symbols?: readonly string[]
    }
    return symbols.map((symbol) => JSON.stringify({ type: 'ack', id, op, channel, symbol, ok: true }))
  },
  isControl: ({ content }) => controlTypes.has((JSON.parse(content.toString()) as { readonly type?: unknown }).type),
  accountResponses: [],
  variants: [{ name: 'candles of other widths', options: { candleIntervals: ['5m', '1h'] } }],
}
