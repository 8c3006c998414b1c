export { acknowledgeMexc, isMexcControl } from './control-replies.js'
export { type MexcVenue, mexcSpotVenue } from './mexc-venue.js'
export { demoCredentials } from './signed-requests.js'
export type { MexcVenueControl } from './venue-control.js'
