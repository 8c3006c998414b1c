export type { NewexSpotVenueControl } from './control.js'
export { newexSpotEmulation, emulations } from './emulation.js'
export { NewexSpotVenue, newexSpotVenue } from './venue.js'
