import { mexcSpot } from '@tapewire/exchange-mexc'
import type { CliExchange, ExchangeEmulation } from './cli-exchange.js'

export const mexcSpotExchange: CliExchange = { definition: mexcSpot, loadEmulation }

async function loadEmulation(): Promise<ExchangeEmulation> {
  const { acknowledgeMexc, demoCredentials, mexcSpotVenue } = await import('@tapewire/exchange-mexc/testing')
  return {
    venue: mexcSpotVenue,
    credentials: demoCredentials,
    acknowledge: acknowledgeMexc,
    // The private socket's URL holds a listen key; that of the recording is not in it.
    accountResponses: [
      { url: `${mexcSpot.endpoints.restUrl}/api/v3/userDataStream`, status: 200, body: '{"listenKey":"replayed"}' },
    ],
  }
}
