import type { CaptureFrame, ExchangeEmulation } from '@tapewire/testkit'
import { demoCredentials } from './authorize.js'
import { acknowledgementText, pongText } from './replies.js'
import { readRequest } from './requests.js'
import { type GateioSpotVenue, gateioSpotVenue } from './venue.js'

/** Gate.io's spot exchange from the server's side. */
export const gateioSpotEmulation: ExchangeEmulation<GateioSpotVenue> & {
  readonly credentials: typeof demoCredentials
} = {
  exchange: 'gateio_spot',
  createVenue: gateioSpotVenue,
  credentials: demoCredentials,
  acknowledge,
  isControl,
  accountResponses: [],
  variants: [
    { name: 'order_book_update at 20ms', options: { orderbookInterval: '20ms' } },
    { name: 'obu of 400 levels', options: { orderbookChannel: 'obu' } },
    { name: 'obu of 50 levels', options: { orderbookChannel: 'obu', orderbookDepth: 50 } },
  ],
}

/** Every emulation of this package: how tools find the one of an exchange they know by its name. */
export const emulations: readonly ExchangeEmulation<GateioSpotVenue>[] = [gateioSpotEmulation]

/**
 * What Gate.io answers to one frame of a client when all is well: an acknowledgement, a pong, or nothing. `now` is epoch ms.
 */
function acknowledge(message: string | Buffer, now: number): readonly string[] {
  const request = readRequest(message)
  if (request === null) return []
  const context = { now, connectionId: 'a1c0ffee00112233', traceId: '0f1e2d3c4b5a6978' }
  if (request.channel === 'spot.ping') return [pongText(context)]
  const isSubscription = request.event === 'subscribe' || request.event === 'unsubscribe'
  return isSubscription ? [acknowledgementText(request, context)] : []
}

/** Whether a recorded frame is an acknowledgement, a pong or another reply rather than a push; pushes of `spot.obu` may leave the event out. */
function isControl({ content }: Pick<CaptureFrame, 'content'>): boolean {
  return !content.includes('"event":"update"') && !content.includes('"s":"ob.')
}
