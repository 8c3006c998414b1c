// #private
import { createHmac } from 'node:crypto'
import type { LoginRequest } from './requests.js'

/** What opens the emulated account: made up, of no use anywhere else. */
export const demoCredentials = { apiKey: 'newex-demo-key', apiSecret: 'newex-demo-secret' } as const

/** Logins that are older than this, or as far ahead, are refused, ms. */
const windowMs = 10_000

/**
 * Why a login is refused, at `now`, epoch ms of the exchange's own clock; null where it is not. `forced` is a code that everything signed is refused with.
 * Left to write: what Newex has signed. Here it is the key and then the time, by HMAC-SHA256 in lower-case hex.
 */
export function checkLogin(
  { key, time, signature }: LoginRequest,
  now: number,
  forced: string | null,
): { readonly code: string; readonly reason: string } | null {
  if (forced !== null) return { code: forced, reason: 'refused' }
  if (key !== demoCredentials.apiKey) return { code: 'unknown_key', reason: 'there is no such key' }
  if (!(Math.abs(now - time) <= windowMs)) return { code: 'wrong_time', reason: 'the time is too far from ours' }
  const expected = createHmac('sha256', demoCredentials.apiSecret).update(`${key}${time}`).digest('hex')
  return signature === expected ? null : { code: 'wrong_signature', reason: 'the signature is wrong' }
}
