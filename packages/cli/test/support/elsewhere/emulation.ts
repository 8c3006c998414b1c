import type { ExchangeEmulation, Venue, VenueContext } from '@tapewire/testkit'

interface Request {
  readonly op: string
  readonly id?: number
  readonly names?: readonly string[]
}

/** Elsewhere from the server's side: accepts everything, and pushes the price of each trade. */
function elsewhereVenue({ market }: VenueContext): Venue {
  return {
    exchange: 'elsewhere_spot',
    accept(client) {
      const wanted = new Set<string>()
      const stopListening = market.listen((event) => {
        const name = event.pair.name.replace('/', '-')
        if (event.kind === 'trade' && wanted.has(name)) client.send(JSON.stringify({ name, last: Number(event.price) }))
      })
      return {
        onMessage(data) {
          const { op, names = [] } = JSON.parse(data.toString()) as Request
          for (const name of names) wanted[op === 'subscribe' ? 'add' : 'delete'](name)
          for (const answer of acknowledge(data)) client.send(answer)
        },
        onClose: stopListening,
      }
    },
    handle: () => ({ status: 404, body: '{}' }),
    close() {},
  }
}

function acknowledge(message: string | Buffer): readonly string[] {
  const { op, id } = JSON.parse(message.toString()) as Request
  return [JSON.stringify({ op: op === 'ping' ? 'pong' : op, id })]
}

/** What the command looks for. */
export const emulations: readonly ExchangeEmulation[] = [
  {
    exchange: 'elsewhere_spot',
    createVenue: elsewhereVenue,
    credentials: null,
    acknowledge,
    isControl: ({ content }) => String(content).startsWith('{"op":'),
    accountResponses: [],
  },
]
