import { existsSync } from 'node:fs'
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

/** Recorded traffic lies beside the repository, where it is there at all; without it the checks of captures are skipped. */
function captures(exchange: string, ...names: readonly string[]): readonly string[] {
  const recorded = folder(`../shared/captures/${exchange}/`)
  return existsSync(recorded) ? names.map((name) => `${recorded}${name}.jsonl`) : []
}

conformance({
  exchange: gateioSpot,
  venue: gateioSpotEmulation,
  packageFolder: folder('packages/exchange-gateio'),
  captures: captures(
    'gateio-spot',
    'arb-observatory-gateus-20260923',
    'crypto-msg-parser',
    'cryptofeed-20210422',
    'doc-derived',
    'misc-real',
  ),
  describe,
  it,
})
conformance({
  exchange: mexcSpot,
  venue: mexcSpotEmulation,
  packageFolder: folder('packages/exchange-mexc'),
  captures: captures('mexc-spot', 'doc-derived', 'pb-captures'),
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
