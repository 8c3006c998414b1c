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

conformance({ exchange: gateioSpot, venue: gateioSpotEmulation, describe, it })
conformance({ exchange: mexcSpot, venue: mexcSpotEmulation, describe, it })
conformance({ exchange: acmeSpot, venue: acmeSpotEmulation, describe, it })
conformance({ exchange: nimbusSpot, venue: nimbusSpotEmulation, describe, it })
