import { fileURLToPath } from 'node:url'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { conformance } from '@tapewire/testkit'
import { acmeSpot } from 'tapewire-exchange-acme'
import { acmeSpotEmulation } from 'tapewire-exchange-acme/testing'
import { nimbusSpot } from 'tapewire-exchange-nimbus'
import { nimbusSpotEmulation } from 'tapewire-exchange-nimbus/testing'
import { describe, it } from 'vitest'

const folder = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

conformance({
  exchange: gateioSpot,
  venue: gateioSpotEmulation,
  packageFolder: folder('packages/exchange-gateio'),
  describe,
  it,
})
conformance({
  exchange: mexcSpot,
  venue: mexcSpotEmulation,
  packageFolder: folder('packages/exchange-mexc'),
  describe,
  it,
})
conformance({
  exchange: acmeSpot,
  venue: acmeSpotEmulation,
  packageFolder: folder('examples/tapewire-exchange-acme'),
  describe,
  it,
})
conformance({
  exchange: nimbusSpot,
  venue: nimbusSpotEmulation,
  packageFolder: folder('examples/tapewire-exchange-nimbus'),
  describe,
  it,
})
