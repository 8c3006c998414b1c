import type { ExchangeEmulation } from '@tapewire/testkit'
// #private
import { demoCredentials } from './login.js'
// #end
import { readRequest } from './requests.js'
import { type NewexSpotVenue, newexSpotVenue } from './venue.js'

/** Newex's spot exchange from the server's side. */
export const newexSpotEmulation: ExchangeEmulation<NewexSpotVenue> = {
  exchange: 'newex_spot',
  createVenue: newexSpotVenue,
  // #private
  credentials: demoCredentials,
  // #public
  credentials: null,
  // #end
  acknowledge,
  isControl: ({ content }) => /^\{"op":/.test(String(content)),
  accountResponses: [],
}

/** Every emulation of this package: how tools find the one of an exchange they know by its name. */
export const emulations: readonly ExchangeEmulation<NewexSpotVenue>[] = [newexSpotEmulation]

/** Accepts everything. */
function acknowledge(message: string | Buffer, now: number): readonly string[] {
  const request = readRequest(String(message))
  if (request === null) return []
  if (request.op === 'ping') return [JSON.stringify({ op: 'pong', time: Math.floor(now) })]
  return [JSON.stringify({ op: request.op, id: request.id })]
}
