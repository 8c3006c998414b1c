export type { AcmeSpotVenueControl } from './control.js'
export { acmeSpotEmulation, emulations } from './emulation.js'
export { AcmeSpotVenue, acmeSpotVenue } from './venue.js'
