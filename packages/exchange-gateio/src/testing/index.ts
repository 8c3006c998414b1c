export type { GateioSpotVenueControl } from './control.js'
export { emulations, gateioSpotEmulation } from './emulation.js'
export { type GateioSpotVenue, gateioSpotVenue } from './venue.js'
