export { acknowledgeGateio, isGateioControl } from './acknowledge.js'
export { demoCredentials } from './authorize.js'
export { type GateioVenue, type GateioVenueControl, gateioSpotVenue } from './venue.js'
