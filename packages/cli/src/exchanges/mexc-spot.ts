import { mexcSpot } from '@tapewire/exchange-mexc'
import type { CliExchange, ExchangeEmulation } from './cli-exchange.js'

export const mexcSpotExchange: CliExchange = { definition: mexcSpot, loadEmulation }

/** The private socket's URL holds a listen key, which no recording keeps. Source: MEXC spot v3 API docs, "Listen Key". */
const listenKey = { status: 200, body: '{"listenKey":"replayed"}' }

async function loadEmulation(): Promise<ExchangeEmulation> {
  const { acknowledgeMexc, demoCredentials, mexcSpotVenue } = await import('@tapewire/exchange-mexc/testing')
  return {
    venue: mexcSpotVenue,
    credentials: demoCredentials,
    acknowledge: acknowledgeMexc,
    accountResponses: [{ url: `${mexcSpot.endpoints.restUrl}/api/v3/userDataStream`, ...listenKey }],
  }
}
