import type { ExchangeEmulation } from '@tapewire/testkit'
import { nimbusSpotEmulation } from './emulation.js'

export type { NimbusControl } from './control.js'
export { nimbusSpotEmulation } from './emulation.js'
export { type NimbusSpotVenue, nimbusSpotVenue } from './venue.js'

/** Where the `tapewire` command finds what it demonstrates and replays. */
export const emulations: readonly ExchangeEmulation[] = [nimbusSpotEmulation]
