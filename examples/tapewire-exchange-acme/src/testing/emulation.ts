import type { ExchangeEmulation } from '@tapewire/testkit'
import { readRequest } from './requests.js'
import { type AcmeSpotVenue, acmeSpotVenue } from './venue.js'

/** Acme's spot exchange from the server's side. */
export const acmeSpotEmulation: ExchangeEmulation<AcmeSpotVenue> = {
  exchange: 'acme_spot',
  createVenue: acmeSpotVenue,
  credentials: null,
  acknowledge,
  isControl: ({ content }) => /^\{"op":"p[io]ng"/.test(String(content)),
  accountResponses: [],
}

/** Every emulation of this package: how tools find the one of an exchange they know by its name. */
export const emulations: readonly ExchangeEmulation<AcmeSpotVenue>[] = [acmeSpotEmulation]

/** Accepts everything without a number: that of a recorded stream is told by the recorded answer, which is therefore played back as well. */
function acknowledge(message: string | Buffer, now: number): readonly string[] {
  const request = readRequest(String(message))
  if (request === null || request.op === 'pong') return []
  if (request.op === 'ping') return [JSON.stringify({ op: 'pong', time: Math.floor(now) })]
  return request.streams.map((stream) => JSON.stringify({ op: request.op, id: request.id, stream }))
}
