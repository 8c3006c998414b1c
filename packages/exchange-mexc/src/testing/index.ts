export type { MexcSpotVenueControl } from './control.js'
export { emulations, mexcSpotEmulation } from './emulation.js'
export { type MexcSpotVenue, mexcSpotVenue } from './venue.js'
