import { type Instrument, parseInstrument } from '@tapewire/core'
import type { MarketEvent, TextLevel, Venue, VenueClient, VenueContext, VenueSession } from '@tapewire/testkit'
import { wireChannels } from '../channels.js'
import { isFields } from '../fields.js'
import { wireSymbolOf } from '../symbols.js'

const notARequest = { op: 'error', code: 400, text: 'not a request' } as const

/** Acme seen from the server's side, over the simulated market: requests, refusals, pongs, trades and quotes. */
export function acmeSpotVenue({ clock, market }: VenueContext): Venue {
  const endings = new Set<() => void>()
  return {
    exchange: 'acme_spot',
    accept(client) {
      const streams = new Set<string>()
      const stopListening = market.listen((event) => push(client, streams, event))
      endings.add(stopListening)
      return session(client, streams, () => {
        stopListening()
        endings.delete(stopListening)
      })
    },
    handle: () => ({ status: 404, body: '{"text":"Acme has no REST API"}' }),
    close() {
      for (const end of endings) end()
      endings.clear()
    },
  }

  function session(client: VenueClient, streams: Set<string>, onClose: () => void): VenueSession {
    return { onMessage: (data) => client.send(JSON.stringify(answer(data.toString(), streams))), onClose }
  }

  function answer(message: string, streams: Set<string>): object {
    let request: unknown
    try {
      request = JSON.parse(message)
    } catch {
      request = null
    }
    if (!isFields(request)) return notARequest
    const { op, id, streams: named } = request
    if (op === 'ping') return { op: 'pong', time: Math.floor(clock.now()) }
    if ((op !== 'subscribe' && op !== 'unsubscribe') || !Array.isArray(named)) return notARequest
    const wanted = named.map(String)
    const refused = op === 'subscribe' ? wanted.filter((stream) => !isStream(stream)) : []
    for (const stream of wanted) {
      if (op === 'unsubscribe') streams.delete(stream)
      else if (!refused.includes(stream)) streams.add(stream)
    }
    return { op, id, refused: refused.map((stream) => ({ stream, code: 404, text: 'no such market' })) }
  }

  function isStream(stream: string): boolean {
    const [wireChannel = '', wireSymbol = ''] = stream.split('.', 2)
    const pair = pairOf(wireSymbol)
    return Object.values<string>(wireChannels).includes(wireChannel) && pair !== null && market.has(pair)
  }

  function push(client: VenueClient, streams: ReadonlySet<string>, event: MarketEvent): void {
    const channel = event.kind === 'trade' ? wireChannels.trades : wireChannels.quotes
    const wireSymbol = wireSymbolOf(event.pair)
    if (!streams.has(`${channel}.${wireSymbol}`)) return
    const start = { channel, market: wireSymbol, time: event.time }
    if (event.kind === 'trade') {
      const trade = [event.id, event.price, event.size, event.side === 'buy' ? 'b' : 's']
      client.send(JSON.stringify({ ...start, trades: [trade] }))
      return
    }
    const { bids, asks, lastId } = market.book(event.pair, 1)
    const [bid, bidSize] = bids[0] as TextLevel
    const [ask, askSize] = asks[0] as TextLevel
    client.send(JSON.stringify({ ...start, id: lastId, bid, bidSize, ask, askSize }))
  }
}

function pairOf(wireSymbol: string): Instrument | null {
  try {
    return parseInstrument(wireSymbol.replace('-', '/'))
  } catch {
    return null
  }
}
