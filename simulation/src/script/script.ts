import type { Channel, WebSocketManagerConfig } from '@tapewire/core'
import type { SnapshotFault, Unreachable } from '@tapewire/testkit'

export type ExchangeName = 'gateio_spot' | 'mexc_spot'

export const exchangeNames: readonly ExchangeName[] = ['gateio_spot', 'mexc_spot']

/** What a user asks for, or gives back: channels of pairs, which are numbers into the list of pairs. */
export interface Asked {
  readonly pairs: readonly number[]
  readonly channels: readonly Channel[]
}

/** What one thing that happens is. Durations in ms; what has one is ended when it is over. */
export type Happening =
  // The user.
  | ({ readonly kind: 'subscribe' } & Asked)
  | ({ readonly kind: 'unsubscribe' } & Asked)
  | { readonly kind: 'await-book'; readonly pair: number; readonly patienceMs: number }
  | { readonly kind: 'slow-handler'; readonly eachMs: number; readonly forMs: number }
  | { readonly kind: 'close' }
  // Connections. `which` chooses one of those that are open, 0 to 1; null is all of them.
  | { readonly kind: 'cut'; readonly which: number | null }
  | { readonly kind: 'close-frame'; readonly which: number | null; readonly code: number | null }
  | { readonly kind: 'half-open'; readonly which: number | null }
  // The network.
  | { readonly kind: 'stall'; readonly forMs: number }
  | { readonly kind: 'freeze'; readonly forMs: number }
  | { readonly kind: 'unreachable'; readonly how: Unreachable; readonly forMs: number }
  | {
      readonly kind: 'refuse-handshakes'
      readonly status: number
      readonly body: string
      readonly retryAfterS: number | null
      readonly forMs: number
    }
  | { readonly kind: 'refuse-requests'; readonly status: number; readonly forMs: number }
  | { readonly kind: 'ignore-requests'; readonly forMs: number }
  | { readonly kind: 'slow-network'; readonly extraMs: number; readonly forMs: number }
  | { readonly kind: 'repeat-book-frames'; readonly forMs: number }
  // The exchange.
  | { readonly kind: 'refuse-pair'; readonly pair: number; readonly forMs: number }
  | { readonly kind: 'lose-subscriptions'; readonly forMs: number }
  | { readonly kind: 'silence-acks'; readonly forMs: number }
  | { readonly kind: 'delay-acks'; readonly byMs: number; readonly forMs: number }
  | { readonly kind: 'silence-pongs'; readonly forMs: number }
  | { readonly kind: 'skip-updates'; readonly pair: number; readonly pushes: number }
  | { readonly kind: 'stale-snapshots'; readonly requests: number }
  | { readonly kind: 'spoil-snapshots'; readonly how: SnapshotFault; readonly forMs: number }
  | { readonly kind: 'block-rest'; readonly how: 'firewall' | 'rate-limit'; readonly forMs: number }
  | { readonly kind: 'full-book'; readonly pair: number }
  | { readonly kind: 'announce-upgrade'; readonly closeAfterMs: number | null }
  | { readonly kind: 'expire-listen-keys' }
  | { readonly kind: 'reuse-listen-keys'; readonly forMs: number }
  | { readonly kind: 'market-burst'; readonly steps: number }

/** One thing that happens, and when, ms since the beginning. */
export type Step = { readonly at: number } & Happening

/** Everything that is decided before a run. Together with the code it decides the run, to the last message. */
export interface Script {
  readonly seed: number
  readonly exchange: ExchangeName
  /** Whether the user follows the account, and not the market. */
  readonly isPrivate: boolean
  /** How many pairs the market trades. */
  readonly pairs: number
  /** The exchange's own options. */
  readonly options: Readonly<Record<string, unknown>>
  readonly config: Partial<WebSocketManagerConfig>
  /** After which the exchange is said to end a connection, so that it is replaced before; null where the adapter's own limit holds, ms. */
  readonly lifetimeMs: number | null
  /** Whether the manager goes on after a refusal at the start, and tries again after a failure there. */
  readonly start: { readonly retry: boolean; readonly onRefused: 'reject' | 'continue' }
  readonly latencyMs: number
  readonly jitterMs: number
  /** How often something happens on the market, of any of its pairs, ms. */
  readonly marketIntervalMs: number
  readonly first: Asked
  /** In the order of their times. */
  readonly steps: readonly Step[]
}

/** When the last thing that happens is over. */
export function endOf({ steps }: Script): number {
  return Math.max(0, ...steps.map((step) => step.at + ('forMs' in step ? step.forMs : 0)))
}

/** A step in words, for a trace. */
export function describe(step: Happening): string {
  const { kind, ...rest } = { at: undefined, ...step }
  const details = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) => `${name}=${typeof value === 'number' ? Math.round(value * 100) / 100 : JSON.stringify(value)}`,
    )
  return [kind, ...details].join(' ')
}
