import { createHmac, createSecretKey } from 'node:crypto'
import { StreamError } from '../errors/stream-error.js'
import type { Credentials, SigningFunction } from './exchange-definition.js'

/** A key and what signs for it. The secret lives in the function alone, out of reach of logs and inspection. */
export interface Signer {
  readonly apiKey: string
  readonly sign: SigningFunction
}

/** The hash of an exchange's HMAC signatures. */
export type SigningDigest = 'sha256' | 'sha512'

/** How an exchange has requests signed. */
export interface SignerRules {
  /** `acme_spot` */
  readonly exchange: string
  readonly digest: SigningDigest
  /** What an API key and a secret of the exchange are made of; the whole text must match. */
  readonly token: RegExp
  /** What a key needs permission for, in words: `read the spot account`. */
  readonly permission: string
}

const digits: Readonly<Record<SigningDigest, number>> = { sha256: 64, sha512: 128 }

/** Checks credentials and makes their signer: HMAC in lower-case hex, or the function that the user brings. Throws `ERR_INVALID_CREDENTIALS`, which says what is wrong and never shows what was given. */
export function createSigner(credentials: Credentials, rules: SignerRules): Signer {
  const given = (credentials ?? {}) as Partial<Record<'apiKey' | 'apiSecret' | 'sign', unknown>>
  const { apiKey, apiSecret, sign } = given
  const isToken = (value: unknown): value is string => typeof value === 'string' && rules.token.test(value)
  if (!isToken(apiKey)) throw invalidCredentials('apiKey must be text without blanks', rules)
  if (apiSecret !== undefined && sign !== undefined)
    throw invalidCredentials('give either apiSecret or sign, not both', rules)
  if (typeof sign === 'function') return { apiKey, sign: sign as SigningFunction }
  if (sign !== undefined) throw invalidCredentials('sign must be a function', rules)
  if (!isToken(apiSecret)) throw invalidCredentials('apiSecret must be text without blanks', rules)
  return { apiKey, sign: hmac(rules.digest, apiSecret) }
}

/** A signature as it may be sent. Throws `ERR_SIGNING_FAILED` where a signing function returned something else. */
export function checkedSignature(signature: unknown, digest: SigningDigest): string {
  const length = digits[digest]
  if (typeof signature === 'string' && signature.length === length && /^[0-9a-f]+$/.test(signature)) return signature
  throw new StreamError('ERR_SIGNING_FAILED', 'The signing function returned no signature.', {
    hint: `sign must return HMAC-${digest.toUpperCase()} as ${length} lower-case hexadecimal digits.`,
  })
}

/** What a signing function threw or rejected with, as an error of ours (`ERR_SIGNING_FAILED`). */
export function signingFailed(cause: unknown): StreamError {
  return new StreamError('ERR_SIGNING_FAILED', 'The signing function did not sign.', {
    hint: 'Look at the cause: it is what the function threw.',
    cause,
  })
}

function hmac(digest: SigningDigest, secret: string): (text: string) => string {
  const key = createSecretKey(secret, 'utf8')
  return (text) => createHmac(digest, key).update(text).digest('hex')
}

function invalidCredentials(fault: string, { exchange, permission }: SignerRules): StreamError {
  return new StreamError('ERR_INVALID_CREDENTIALS', `The credentials for ${exchange} cannot be used: ${fault}.`, {
    hint: `Pass { apiKey, apiSecret } or { apiKey, sign }; the key needs permission to ${permission}.`,
  })
}
