import type { Credentials } from '@tapewire/core'
import { createSigner, type Signer, type SubscriptionAction } from '@tapewire/core/adapter'

/** Signatures are HMAC-SHA512. Source: Gate.io spot WebSocket v4 docs, "Authentication"; Gate.io REST v4 docs, "APIv4 signed request requirements". */
export const digest = 'sha512'

/** Checks credentials and makes their signer. Throws `ERR_INVALID_CREDENTIALS`. */
export function signerOf(credentials: Credentials): Signer {
  return createSigner(credentials, {
    exchange: 'gateio_spot',
    digest,
    token: /^[^\s\p{C}]+$/u,
    permission: 'read the spot account',
  })
}

/**
 * What is signed for one private request; `time` is the envelope's own, in seconds. An unsubscribe signs `event=unsubscribe`.
 * Source: Gate.io spot WebSocket v4 docs, "Authentication".
 */
export function signedText(wireChannel: string, event: SubscriptionAction, time: number): string {
  return `channel=${wireChannel}&event=${event}&time=${time}`
}
