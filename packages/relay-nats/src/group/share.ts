import { hashOf } from './place-shares.js'

/** How many parts the streams of one exchange are hashed into where nothing else is said. */
export const defaultShareCount = 64

/** The keys of all shares of streams. */
export function streamShares(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `streams-${index}`)
}

/** The share, of `count`, that all streams of an instrument are in, whichever their channels: one stream may feed several channels. */
export function shareOfSymbol(symbol: string, count: number): string {
  return `streams-${hashOf(symbol) % count}`
}

/** The share that is an account: all of its streams, and nothing else. */
export function shareOfAccount(account: string): string {
  return `account-${Buffer.from(account).toString('base64url')}`
}
