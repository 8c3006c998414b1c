import { natsOptionsChecker } from '../connect/check-nats-options.js'
import type { NatsOptions } from '../connect/nats-options.js'
import type { ShareHandler } from './share-handler.js'

/** How a member takes part in a group. */
export interface GroupOptions extends NatsOptions {
  /** Which group: letters, digits, `-` and `_`. */
  readonly group: string
  /** The exchange whose streams are shared out: each has shares of its own. */
  readonly exchange: string
  /** How this member is called, for people: two of one name are two members, which `members()` names twice. Default: the machine's name and the process's id. */
  readonly member?: string
  /** How long a member may say nothing before others take what it has, ms, 500 to 600,000; default 5,000. The same for every member. */
  readonly leaseMs?: number
  /** How many parts the streams are hashed into, 1 to 4,096; default 64. The same for every member. */
  readonly shares?: number
  /** Every account that the group relays, by the names that you give them, whoever has its credentials. The same for every member. */
  readonly accounts?: readonly string[]
  /** The accounts that this member has credentials for; default all. */
  readonly ownAccounts?: readonly string[]
  /** Whether it keeps accounts warm that others have, one for each; default false. */
  readonly standby?: boolean
  /** Servers of NATS that keep a copy each of who has what, 1, 3 or 5; default 1. The same for every member. */
  readonly replicas?: number
  /** Whether a start while NATS is away, or a cluster elects, waits until it is there, and tells the first failure as an error; default false: then it rejects. */
  readonly retry?: boolean
  /** Ends that wait: the start rejects with its reason. What has joined goes on. */
  readonly signal?: AbortSignal
  /** What else has to be the same for every member, by names of yours: a member that differs is refused. */
  readonly alike?: Readonly<Record<string, string | number | readonly string[]>>
}

/** What of a group is not told by its shares. */
export interface GroupHandler extends ShareHandler {
  /** This process is a member, or is none any more: its lease ended, and everything was let go of. */
  onMembership?(isMember: boolean): void
  onError?(error: Error): void
}

/** The schema of how a member takes part, whatever is shared. */
export const memberProperties: Readonly<
  Record<Exclude<keyof GroupOptions, keyof NatsOptions | 'signal' | 'alike'>, object>
> = {
  group: { type: 'string', pattern: '^[\\w-]+$' },
  exchange: { type: 'string', pattern: '^[\\w-]+$' },
  member: { type: 'string', minLength: 1 },
  leaseMs: { type: 'number', minimum: 500, maximum: 600_000 },
  shares: { type: 'integer', minimum: 1, maximum: 4_096 },
  accounts: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
  ownAccounts: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true },
  standby: { type: 'boolean' },
  replicas: { type: 'integer', enum: [1, 3, 5] },
  retry: { type: 'boolean' },
}

/** Throws `ERR_INVALID_CONFIG`, naming every mistake. */
export const checkGroupOptions: (options: GroupOptions) => void = natsOptionsChecker({
  title: 'The options of the group are not valid',
  required: ['group', 'exchange'],
  properties: {
    ...memberProperties,
    signal: 'other',
    alike: {
      type: 'object',
      additionalProperties: {
        anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'array', items: { type: 'string' } }],
      },
    },
  },
})
