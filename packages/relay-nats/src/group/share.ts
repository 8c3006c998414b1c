import { hashOf } from './place-shares.js'

/** How many parts the streams of one exchange are hashed into where nothing else is said. */
export const defaultShareCount = 64

/** The keys of all shares of streams. */
export function streamShares(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `streams-${index}`)
}

/** The share that a stream is in, of `count`. */
export function shareOfStream(
  stream: { readonly channel: string; readonly symbol: string; readonly interval: string | null },
  count: number,
): string {
  const { channel, symbol, interval } = stream
  return `streams-${hashOf(`${channel}\n${symbol}\n${interval ?? ''}`) % count}`
}

/** The share that is an account: all of its streams, and nothing else. */
export function shareOfAccount(account: string): string {
  return `account-${Buffer.from(account).toString('base64url')}`
}
