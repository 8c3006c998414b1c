import { type Credentials, StreamError } from '@tapewire/core'
import {
  abortable,
  checkedSignature,
  createSigner,
  type Signer,
  type StrategyEnv,
  signingFailed,
  within,
} from '@tapewire/core/adapter'

/** Signatures are HMAC-SHA256. Source: MEXC spot v3 API docs, "Signed". */
const digest = 'sha256'

/** How long a signing function may take, ms: less than a connection attempt may, so that what went wrong is told by its name. */
const signingTimeoutMs = 10_000

/** Checks credentials and makes their signer. Throws `ERR_INVALID_CREDENTIALS`. */
export function signerOf(credentials: Credentials): Signer {
  return createSigner(credentials, {
    exchange: 'mexc_spot',
    digest,
    // Visible ASCII: what a header and a key as MEXC issues them can hold.
    token: /^[\x21-\x7e]+$/,
    permission: 'read the spot account (SPOT_ACCOUNT_R)',
  })
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
  return `${query}&signature=${checkedSignature(signature, digest)}`
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
    throw signingFailed(cause)
  }
}

function notSignedInTime(): StreamError {
  return new StreamError('ERR_SIGNING_FAILED', `The signing function did not sign within ${signingTimeoutMs} ms.`, {
    hint: 'Look at where the key lives, and have the function give up by itself.',
  })
}
