import { createHmac, createSecretKey } from 'node:crypto'
import { type Credentials, type SigningFunction, StreamError } from '@tapewire/core'
import type { SubscriptionAction } from '@tapewire/core/adapter'

/** A key and what signs for it. The secret lives in the function alone, out of reach of logs and inspection. */
export interface Signer {
  readonly apiKey: string
  readonly sign: SigningFunction
}

const invisible = /[\s\p{C}]/u

/**
 * Checks credentials and makes their signer. Throws `ERR_INVALID_CREDENTIALS`, which says what is wrong and never shows what was given.
 */
export function signerOf(credentials: Credentials): Signer {
  const given = (credentials ?? {}) as Partial<Record<'apiKey' | 'apiSecret' | 'sign', unknown>>
  const { apiKey, apiSecret, sign } = given
  if (!isToken(apiKey)) throw invalidCredentials('apiKey must be text without blanks')
  if (apiSecret !== undefined && sign !== undefined) throw invalidCredentials('give either apiSecret or sign, not both')
  if (typeof sign === 'function') return { apiKey, sign: sign as SigningFunction }
  if (sign !== undefined) throw invalidCredentials('sign must be a function')
  if (!isToken(apiSecret)) throw invalidCredentials('apiSecret must be text without blanks')
  return { apiKey, sign: hmacSha512(apiSecret) }
}

/** Signs with HMAC-SHA512, lower-case hex. */
function hmacSha512(secret: string): (text: string) => string {
  const key = createSecretKey(secret, 'utf8')
  return (text) => createHmac('sha512', key).update(text).digest('hex')
}

/**
 * What is signed for one private request; `time` is the envelope's own, in seconds. An unsubscribe signs `event=unsubscribe`.
 * Source: Gate.io spot WebSocket v4 docs, "Authentication".
 */
export function signedText(wireChannel: string, event: SubscriptionAction, time: number): string {
  return `channel=${wireChannel}&event=${event}&time=${time}`
}

/** A signature as it may be sent. Throws `ERR_SIGNING_FAILED` where a signing function returned something else. */
export function checkedSignature(signature: unknown): string {
  if (typeof signature === 'string' && /^[0-9a-f]{128}$/.test(signature)) return signature
  throw new StreamError('ERR_SIGNING_FAILED', 'The signing function returned no signature.', {
    hint: 'sign must return HMAC-SHA512 as 128 lower-case hexadecimal digits.',
  })
}

/** What a signing function threw or rejected with, as an error of ours. */
export function signingFailed(cause: unknown): StreamError {
  return new StreamError('ERR_SIGNING_FAILED', 'The signing function did not sign.', {
    hint: 'Look at the cause: it is what the function threw.',
    cause,
  })
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !invisible.test(value)
}

function invalidCredentials(fault: string): StreamError {
  return new StreamError('ERR_INVALID_CREDENTIALS', `The credentials for gateio_spot cannot be used: ${fault}.`, {
    hint: 'Pass { apiKey, apiSecret } or { apiKey, sign }; the key needs permission to read the spot account.',
  })
}
