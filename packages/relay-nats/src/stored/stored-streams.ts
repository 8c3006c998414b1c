import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import { type Channel, privateChannels, StreamError } from '@tapewire/core'

/** How long and how safely the server keeps what is stored. */
export interface RetentionOptions {
  /** What is older is removed, ms, 1,000 and up. Default 7 days for accounts, 1 day for market data. */
  readonly maxAgeMs?: number
  /** Where more is stored, the oldest is removed, bytes, 1 and up. Default 256 MiB for accounts, 1 GiB for market data. */
  readonly maxBytes?: number
  /** Servers of a cluster that keep a copy each, 1, 3 or 5. Default 1. */
  readonly replicas?: number
  /** For how long the server knows the ids of records, ms, 100 to `maxAgeMs`. Default 2 minutes, the server's own. */
  readonly duplicateWindowMs?: number
  /** Whether a JetStream stream that exists with other settings is given these. Default false: the difference is an error. */
  readonly update?: boolean
}

/** The schema of `RetentionOptions`. */
export const retentionSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    maxAgeMs: { type: 'number', minimum: 1_000 },
    maxBytes: { type: 'integer', minimum: 1 },
    replicas: { type: 'integer', enum: [1, 3, 5] },
    duplicateWindowMs: { type: 'number', minimum: 100 },
    update: { type: 'boolean' },
  },
} as const

/** What one JetStream stream keeps. */
export interface StoredStream {
  /** The name in JetStream: `TAPEWIRE_acme_spot_ACCOUNT`, `TAPEWIRE_acme_spot_TRADES`. */
  readonly name: string
  readonly subjects: readonly string[]
  readonly kind: 'account' | 'market'
}

const day = 24 * 60 * 60_000
const mebibyte = 1_048_576

const defaults = {
  account: { maxAgeMs: 7 * day, maxBytes: 256 * mebibyte },
  market: { maxAgeMs: day, maxBytes: 1_024 * mebibyte },
} as const

const defaultDuplicateWindowMs = 120_000

/** The JetStream stream of all accounts of an exchange. `base` is what its subjects begin with: `tapewire.acme_spot`. */
export function accountStream(base: string): StoredStream {
  return {
    name: nameOf(base, 'ACCOUNT'),
    subjects: privateChannels.map((channel) => `${base}.${channel}.*`),
    kind: 'account',
  }
}

/** The JetStream stream of one channel of an exchange's market data. */
export function marketStream(base: string, channel: Channel): StoredStream {
  return { name: nameOf(base, channel.toUpperCase()), subjects: [`${base}.${channel}.>`], kind: 'market' }
}

/** A name in JetStream holds no dot, wildcard, slash or white space. The default prefix is written in capitals, as such names are. */
function nameOf(base: string, kind: string): string {
  const [prefix = '', ...rest] = base.split('.')
  return [prefix.toUpperCase(), ...rest, kind].join('_').replaceAll(/[^\w-]/g, '-')
}

/**
 * Sees to it that the server keeps a stream's subjects: makes the JetStream stream where there is none, and leaves one that has these settings as it is.
 * Rejects with `ERR_INVALID_CONFIG` where one exists with other settings and `update` is not asked for, or where the server does not accept them.
 */
export async function ensureStored(
  manager: JetStreamManager,
  stream: StoredStream,
  retention: RetentionOptions = {},
): Promise<void> {
  const wanted = configOf(stream, retention)
  const existing = await configAt(manager, stream.name)
  try {
    if (existing === null) await manager.streams.add(wanted)
    else if (differences(existing, wanted).length > 0) await change(manager, existing, wanted, retention)
  } catch (thrown) {
    if (thrown instanceof StreamError) throw thrown
    throw new StreamError('ERR_INVALID_CONFIG', `NATS does not store ${stream.name} so.`, {
      context: { Reason: thrown instanceof Error ? thrown.message : String(thrown) },
      cause: thrown,
    })
  }
}

type Wanted = ReturnType<typeof configOf>

function configOf({ name, subjects, kind }: StoredStream, retention: RetentionOptions) {
  const { maxAgeMs = defaults[kind].maxAgeMs, maxBytes = defaults[kind].maxBytes, replicas = 1 } = retention
  const { duplicateWindowMs = Math.min(defaultDuplicateWindowMs, maxAgeMs) } = retention
  return {
    name,
    subjects: [...subjects],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(maxAgeMs),
    max_bytes: maxBytes,
    num_replicas: replicas,
    duplicate_window: nanos(duplicateWindowMs),
  }
}

async function configAt(manager: JetStreamManager, name: string): Promise<StreamConfig | null> {
  try {
    return (await manager.streams.info(name)).config
  } catch (thrown) {
    if (isNotStored(thrown)) return null
    throw thrown
  }
}

/** Whether an error of NATS says that there is no JetStream stream of that name. */
export function isNotStored(thrown: unknown): boolean {
  return thrown instanceof JetStreamApiError && thrown.code === JetStreamApiCodes.StreamNotFound
}

function differences(existing: StreamConfig, wanted: Wanted): readonly string[] {
  return (Object.keys(wanted) as (keyof Wanted)[])
    .filter((key) => JSON.stringify(sorted(existing[key])) !== JSON.stringify(sorted(wanted[key])))
    .map((key) => `${key} is ${JSON.stringify(existing[key])}, not ${JSON.stringify(wanted[key])}`)
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value
}

async function change(
  manager: JetStreamManager,
  existing: StreamConfig,
  wanted: Wanted,
  { update = false }: RetentionOptions,
): Promise<void> {
  if (update) {
    await manager.streams.update(wanted.name, { ...existing, ...wanted })
    return
  }
  throw new StreamError('ERR_INVALID_CONFIG', `${wanted.name} exists in NATS with other settings.`, {
    context: { Differences: differences(existing, wanted).join('; ') },
    hint: 'Ask for what it has, or for `update: true` to have it changed.',
  })
}
