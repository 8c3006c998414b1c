import { createHmac, createSecretKey } from 'node:crypto'
import { type Credentials, type SigningFunction, StreamError } from '@tapewire/core'
import { abortable, type StrategyEnv, within } from '@tapewire/core/adapter'

/** A key and what signs for it. The secret lives in the function alone, out of reach of logs and inspection. */
export interface Signer {
  readonly apiKey: string
  readonly sign: SigningFunction
}

/** How long a signing function may take, ms: less than a connection attempt may, so that what went wrong is told by its name. */
const signingTimeoutMs = 10_000

/** Visible ASCII: what a header and a key as MEXC issues them can hold. */
const token = /^[\x21-\x7e]+$/

/** Checks credentials and makes their signer. Throws `ERR_INVALID_CREDENTIALS`, which says what is wrong and never shows what was given. */
export function signerOf(credentials: Credentials): Signer {
  const { apiKey, apiSecret, sign } = (credentials ?? {}) as Partial<Record<'apiKey' | 'apiSecret' | 'sign', unknown>>
  if (!isToken(apiKey)) throw invalidCredentials('apiKey must be text without blanks')
  if (apiSecret !== undefined && sign !== undefined) throw invalidCredentials('give either apiSecret or sign, not both')
  if (typeof sign === 'function') return { apiKey, sign: sign as SigningFunction }
  if (sign !== undefined) throw invalidCredentials('sign must be a function')
  if (!isToken(apiSecret)) throw invalidCredentials('apiSecret must be text without blanks')
  return { apiKey, sign: hmacSha256(apiSecret) }
}

/**
 * The query of a signed request: parameters in the order given, percent-encoded, the signature last. Source: MEXC spot v3 API docs, "Signed".
 * Rejects with `ERR_SIGNING_FAILED` where the signing function fails, does not settle in time or returns no signature, or with the signal's reason.
 */
export async function signedQuery(
  signer: Signer,
  parameters: Readonly<Record<string, string | number>>,
  env: Pick<StrategyEnv, 'clock' | 'signal'>,
): Promise<string> {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const signature: unknown = await signed(signer, query, env)
  if (typeof signature === 'string' && /^[0-9a-f]{64}$/.test(signature)) return `${query}&signature=${signature}`
  throw new StreamError('ERR_SIGNING_FAILED', 'The signing function returned no signature.', {
    hint: 'sign must return HMAC-SHA256 as 64 lower-case hexadecimal digits.',
  })
}

async function signed(
  signer: Signer,
  query: string,
  { clock, signal }: Pick<StrategyEnv, 'clock' | 'signal'>,
): Promise<unknown> {
  const limits = { clock, signal, timeoutMs: signingTimeoutMs, timeoutError: notSignedInTime }
  return within(limits, (attempt) => abortable(sign(signer, query), attempt))
}

async function sign(signer: Signer, query: string): Promise<unknown> {
  try {
    return await signer.sign(query)
  } catch (cause) {
    throw new StreamError('ERR_SIGNING_FAILED', 'The signing function did not sign.', {
      hint: 'Look at the cause: it is what the function threw.',
      cause,
    })
  }
}

function notSignedInTime(): StreamError {
  return new StreamError('ERR_SIGNING_FAILED', `The signing function did not sign within ${signingTimeoutMs} ms.`, {
    hint: 'Look at where the key lives, and have the function give up by itself.',
  })
}

function hmacSha256(secret: string): (text: string) => string {
  const key = createSecretKey(secret, 'utf8')
  return (text) => createHmac('sha256', key).update(text).digest('hex')
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && token.test(value)
}

function invalidCredentials(fault: string): StreamError {
  return new StreamError('ERR_INVALID_CREDENTIALS', `The credentials for mexc_spot cannot be used: ${fault}.`, {
    hint: 'Pass { apiKey, apiSecret } or { apiKey, sign }; the key needs permission to read the spot account (SPOT_ACCOUNT_R).',
  })
}
