import type { CaptureFrame, ExchangeEmulation, RecordedAnswer } from '@tapewire/testkit'
import { demoCredentials } from './authorize.js'
import { acknowledgementText, pongText } from './replies.js'
import { isPing, readRequest } from './requests.js'
import { type MexcSpotVenue, mexcSpotVenue } from './venue.js'

/** The private socket's URL holds a listen key, which no recording keeps. Source: MEXC spot v3 API docs, "Listen Key". */
const listenKeyAnswer: RecordedAnswer = {
  url: 'https://api.mexc.com/api/v3/userDataStream',
  status: 200,
  body: '{"listenKey":"replayed"}',
}

/** MEXC's spot exchange from the server's side. */
export const mexcSpotEmulation: ExchangeEmulation<MexcSpotVenue> & { readonly credentials: typeof demoCredentials } = {
  exchange: 'mexc_spot',
  createVenue: mexcSpotVenue,
  credentials: demoCredentials,
  acknowledge,
  isControl,
  accountResponses: [listenKeyAnswer],
  variants: [
    { name: 'aggre channels at 10ms', options: { interval: '10ms' } },
    {
      name: 'limit.depth of 20 levels, quotes that repeat left out',
      options: { orderbookChannel: 'limit.depth', suppressDuplicateQuotes: true },
    },
    {
      name: 'limit.depth of 10 levels, bookTicker.batch',
      options: { orderbookChannel: 'limit.depth', depth: 10, bookTickerChannel: 'bookTicker.batch' },
    },
    {
      name: 'limit.depth of 5 levels, miniTickers',
      options: { orderbookChannel: 'limit.depth', depth: 5, tickerChannel: 'miniTickers' },
    },
  ],
}

/** Every emulation of this package: how tools find the one of an exchange they know by its name. */
export const emulations: readonly ExchangeEmulation<MexcSpotVenue>[] = [mexcSpotEmulation]

/** What MEXC answers to one frame of a client when all is well: an acknowledgement, a pong, or nothing. */
function acknowledge(message: string | Buffer): readonly string[] {
  const request = readRequest(message.toString())
  if (request === null) return []
  if (isPing(request)) return [pongText]
  const isSubscription = request.method === 'SUBSCRIPTION' || request.method === 'UNSUBSCRIPTION'
  return isSubscription ? [acknowledgementText(request.id, request.params)] : []
}

/** Whether a recorded frame is a reply (text) rather than data (binary). */
function isControl({ content }: Pick<CaptureFrame, 'content'>): boolean {
  return typeof content === 'string'
}
