import { createHash, createHmac } from 'node:crypto'
import type { VenueRequest } from '@tapewire/testkit'
import { unauthorized, type VenueError } from './replies.js'
import type { SignedRequest } from './requests.js'

/** The one account the emulation knows. Made up: it opens nothing anywhere. */
export const demoCredentials: { readonly apiKey: string; readonly apiSecret: string } = {
  apiKey: 'demo-key-0001',
  apiSecret: 'demo-secret-0001',
}

/** The number of that account. */
export const demoUserId = 1_000_001

/** How far a signed time may be from the server's. Source: Gate.io spot WebSocket v4 docs. */
const maxSkewSeconds = 60

/** Why who asks is not believed: Gate.io's own label, and the status that REST gives it. */
export interface Distrust {
  readonly status: number
  readonly label: string
  readonly message: string
}

/** The statuses of Gate.io's labels. Source: Gate.io REST v4 docs, "Error Codes". */
const statuses: Readonly<Record<string, number>> = { MISSING_REQUIRED_HEADER: 400, REQUEST_EXPIRED: 403 }

/** A label without a status of its own is one of authentication. */
export function distrust(label: string, message: string): Distrust {
  return { status: statuses[label] ?? 401, label, message }
}

/** What a client says of itself; undefined where it says nothing. */
interface Claim {
  /** Epoch seconds. */
  readonly time: number | undefined
  readonly key: unknown
  readonly signature: unknown
}

/** Checks who signed `signed`; null where all is right. The time is looked at before the key. Source: Gate.io REST v4 docs, "Authentication". */
function distrustOf({ time, key, signature }: Claim, signed: string, now: number): Distrust | null {
  if (key === undefined || time === undefined) return distrust('MISSING_REQUIRED_HEADER', 'auth or time is missing')
  // Written so that a time that is no number is too far away.
  if (!(Math.abs(now / 1000 - time) <= maxSkewSeconds)) {
    return distrust('REQUEST_EXPIRED', `gap between request time and server time exceeds ${maxSkewSeconds}`)
  }
  if (key !== demoCredentials.apiKey) return distrust('INVALID_KEY', 'Invalid key provided')
  const expected = createHmac('sha512', demoCredentials.apiSecret).update(signed).digest('hex')
  return signature === expected ? null : distrust('INVALID_SIGNATURE', 'Signature mismatch')
}

/** Checks the signature of a private subscription; what is wrong is told as JSON inside the message. Null where it is right. */
export function refusalOf({ channel, event, time, auth }: SignedRequest, now: number): VenueError | null {
  const key = auth === undefined || auth.method === 'api_key' ? auth?.KEY : null
  const claim = { time, key, signature: auth?.SIGN }
  const wrong = distrustOf(claim, `channel=${channel}&event=${event}&time=${time}`, now)
  return wrong === null ? null : unauthorized(wrong.label, wrong.message)
}

/** Checks the signature of a REST request; null where it is right. Source: Gate.io REST v4 docs, "APIv4 signed request requirements". */
export function restDistrustOf({ method, url, headers, body }: VenueRequest, now: number): Distrust | null {
  const { key, timestamp, sign } = headers
  const claim = { time: timestamp === undefined ? undefined : Number(timestamp), key, signature: sign }
  const bodyHash = createHash('sha512').update(body).digest('hex')
  const query = withoutEscapes(url.search.slice(1))
  return distrustOf(claim, [method, url.pathname, query, bodyHash, timestamp].join('\n'), now)
}

/** A query as it is signed; one whose escapes are none is signed as it stands. */
function withoutEscapes(query: string): string {
  try {
    return decodeURIComponent(query)
  } catch {
    return query
  }
}

/** What `spot.login` says. */
export interface LoginClaim {
  readonly key: unknown
  readonly signature: unknown
  /** Epoch seconds, as text. */
  readonly timestamp: unknown
  /** The JSON text of `req_param` as it was sent; empty where it was not. */
  readonly parameters: string
}

/** Checks `spot.login`; null where it is right. Source: Gate.io spot WebSocket v4 docs, "Login". */
export function loginDistrustOf({ key, signature, timestamp, parameters }: LoginClaim, now: number): Distrust | null {
  const claim = { time: timestamp === undefined ? undefined : Number(timestamp), key, signature }
  return distrustOf(claim, ['api', 'spot.login', parameters, timestamp].join('\n'), now)
}
