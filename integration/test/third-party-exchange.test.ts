import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { frameOf, parseInstrument } from '@tapewire/core'
import { type MarketTrade, startVenueServer, type VenueServer } from '@tapewire/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acmeSpot } from '../../examples/tapewire-exchange-acme/src/definition.js'
import { acmeSpotVenue } from '../../examples/tapewire-exchange-acme/src/testing/venue.js'
import { InstalledProject } from '../src/installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const acmeFolder = join(root, 'examples/tapewire-exchange-acme')
const pair = parseInstrument('BTC/USDT')

let server: VenueServer
const tradesSeen = new Map<string, MarketTrade>()

beforeAll(async () => {
  server = await startVenueServer({ venue: acmeSpotVenue, pairs: [pair], intervalMs: 1 })
  server.market.listen((event) => {
    if (event.kind === 'trade') tradesSeen.set(String(event.id), event)
  })
})

afterAll(() => server.close())

/** A program that opens a feed, prints the first trade as JSON or the error it got, and closes. */
function program(options: Readonly<Record<string, unknown>>): string {
  return `
    import { createPublicExchange } from '@tapewire/core'
    try {
      const feed = await createPublicExchange(${JSON.stringify({ symbols: ['BTC/USDT'], channels: ['trades'], ...options })})
      for await (const { symbol, data } of feed.messages()) {
        console.log(JSON.stringify({ exchange: feed.exchange, symbol, trade: data[0] }))
        break
      }
      await feed.close()
    } catch ({ code, hint }) {
      console.log(JSON.stringify({ code, hint }))
    }`
}

/** What such a program prints in a folder with core and these packages installed. */
async function outcome(
  options: Readonly<Record<string, unknown>>,
  packages: readonly { folder: string; name?: string }[],
): Promise<unknown> {
  const project = new InstalledProject()
  try {
    project.install(join(root, 'packages/core'))
    for (const { folder, name } of packages) project.install(folder, name)
    const run = project.run('application.ts', program(options))
    expect(await run.ended).toBe(0)
    return JSON.parse(run.output())
  } finally {
    project.remove()
  }
}

describe('an exchange that is not ours', () => {
  it('is found by its name in an installed package, and streams what its market trades', async () => {
    const options = { exchange: 'acme_spot', options: { url: server.url } }
    const seen = (await outcome(options, [{ folder: acmeFolder }])) as { trade: { id: string } }
    const truth = tradesSeen.get(seen.trade.id) as MarketTrade
    expect(seen).toEqual({
      exchange: 'acme_spot',
      symbol: 'BTC/USDT',
      trade: {
        id: String(truth.id),
        price: Number(truth.price),
        size: Number(truth.size),
        side: truth.side,
        time: truth.time,
      },
    })
  })

  it('is found in a package of any name that is told', async () => {
    const options = { exchange: 'acme_spot', packageName: '@somebody/streams', options: { url: server.url } }
    expect(await outcome(options, [{ folder: acmeFolder, name: '@somebody/streams' }])).toMatchObject({
      exchange: 'acme_spot',
      symbol: 'BTC/USDT',
    })
  })

  it('is refused by the command that would install it where no package has it', async () => {
    expect(await outcome({ exchange: 'acme_spot' }, [])).toEqual({
      code: 'ERR_EXCHANGE_NOT_INSTALLED',
      hint: 'Install it: npm install @tapewire/exchange-acme',
    })
  })

  it('is refused with the likely meaning where its package has another', async () => {
    expect(await outcome({ exchange: 'acme_spott' }, [{ folder: acmeFolder }])).toEqual({
      code: 'ERR_UNKNOWN_EXCHANGE',
      hint: 'Did you mean acme_spot? It has acme_spot.',
    })
  })

  it('is refused for a channel it does not have, naming those it has', async () => {
    const options = { exchange: 'acme_spot', channels: ['trades', 'candles'], options: { url: server.url } }
    expect(await outcome(options, [{ folder: acmeFolder }])).toEqual({
      code: 'ERR_UNSUPPORTED_CHANNEL',
      hint: 'It has trades, book_ticker.',
    })
  })
})

describe('its fast reader', () => {
  const { messageParser } = acmeSpot.public()
  const fallbacks = (): number => messageParser.fallbacks?.get('quotes') ?? Number.NaN

  it('reads every quote as its reference does, which gets those with a blank behind them', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 15n }).chain((digits) =>
      fc.integer({ min: 0, max: 12 }).map((places) => {
        const padded = String(digits).padStart(places + 1, '0')
        return places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`
      }),
    )
    const quote = fc.record({
      time: fc.maxSafeNat(),
      id: fc.maxSafeNat(),
      bid: amount,
      bidSize: amount,
      ask: amount,
      askSize: amount,
    })
    fc.assert(
      fc.property(quote, (fields) => {
        const json = JSON.stringify({ channel: 'quotes', market: 'BTC-USDT', ...fields })
        const fast = messageParser.parse(frameOf(json, 1))
        const before = fallbacks()
        expect(messageParser.parse(frameOf(`${json} `, 1))).toEqual(fast)
        expect(fallbacks()).toBe(before + 1)
      }),
    )
  })
})
