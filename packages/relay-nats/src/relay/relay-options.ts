import type { Clock } from '@tapewire/core'
import { natsOptionsChecker } from '../connect/check-nats-options.js'
import type { NatsOptions } from '../connect/nats-options.js'
import {
  type MarketRetention,
  marketRetentionSchema,
  type RetentionOptions,
  retentionSchema,
} from '../stored/stored-streams.js'
import type { WhileAway } from './backlog.js'

/** How a feed is relayed. Only `servers` is required. */
export interface RelayOptions extends NatsOptions {
  /** What begins every subject: tokens with dots between them; default `tapewire`. */
  readonly prefix?: string
  /** How the account of the feed is called on subjects, where it has account streams: a name of yours, never a key. Default `main`. */
  readonly account?: string
  /** How long records may be gathered before they are sent together, ms, 0 to 1,000; default 1. 0 sends what one turn of the event loop brought. */
  readonly gatherMs?: number
  /** How often the relay says that it lives, ms, 10 to 60,000; default 1,000. Consumers take one for dead that they miss three times. */
  readonly beatIntervalMs?: number
  /** Of market data, and by itself of an account, of which executions are given up last. */
  readonly whileAway?: WhileAway
  /** How NATS keeps the account of the feed, where it has one. */
  readonly accountRetention?: RetentionOptions
  /** Which channels of market data NATS keeps, in JetStream, so that they can be replayed later: `{ channels: ['trades'], maxAgeMs: 3_600_000 }`. None by default. */
  readonly marketRetention?: MarketRetention
  /** Whether a first connection that fails is tried again, for ever; default false: then `relay()` rejects. */
  readonly retry?: boolean
  /** How new this relay's ownership is: consumers listen to the greatest alone. Default: when it was started, epoch ms. */
  readonly epoch?: number
  /** For tests. */
  readonly clock?: Clock
  /** For tests: 0 inclusive to 1 exclusive. */
  readonly random?: () => number
}

/** The schema of what they add to those of NATS, as far as it is data. */
export const relayProperties: Readonly<
  Record<Exclude<keyof RelayOptions, keyof NatsOptions | 'clock' | 'random'>, object>
> = {
  prefix: { type: 'string', pattern: '^[\\w-]+(\\.[\\w-]+)*$' },
  account: { type: 'string', minLength: 1 },
  gatherMs: { type: 'number', minimum: 0, maximum: 1_000 },
  beatIntervalMs: { type: 'number', minimum: 10, maximum: 60_000 },
  whileAway: {
    type: 'object',
    additionalProperties: false,
    properties: {
      maxBytes: { type: 'integer', minimum: 0 },
      keep: { type: 'string', enum: ['newest', 'oldest'] },
    },
  },
  accountRetention: retentionSchema,
  marketRetention: marketRetentionSchema,
  retry: { type: 'boolean' },
  epoch: { type: 'number', minimum: 1 },
}

/** Throws `ERR_INVALID_CONFIG` for options that cannot be meant, naming every mistake. */
export const checkRelayOptions: (options: RelayOptions) => void = natsOptionsChecker({
  title: 'The options of the relay are not valid',
  properties: { ...relayProperties, clock: 'other', random: 'function' },
})
