import { gateioSpot } from '@tapewire/exchange-gateio'
import type { CliExchange, ExchangeEmulation } from './cli-exchange.js'

export const gateioSpotExchange: CliExchange = { definition: gateioSpot, loadEmulation }

async function loadEmulation(): Promise<ExchangeEmulation> {
  const { acknowledgeGateio, demoCredentials, gateioSpotVenue } = await import('@tapewire/exchange-gateio/testing')
  return {
    venue: gateioSpotVenue,
    credentials: demoCredentials,
    acknowledge: (message) => acknowledgeGateio(message),
    accountResponses: [],
  }
}
