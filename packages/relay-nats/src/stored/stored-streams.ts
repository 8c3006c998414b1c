import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos, RequestError } from '@nats-io/nats-core'
import { type PublicChannel, privateChannels, publicChannels, StreamError } from '@tapewire/core'

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

/** Which channels of market data NATS keeps, each for as long, and up to as much, as is said here. */
export interface MarketRetention extends Omit<RetentionOptions, 'duplicateWindowMs'> {
  /** Channels that the feed carries, one or more. */
  readonly channels: readonly PublicChannel[]
}

const limits = {
  maxAgeMs: { type: 'number', minimum: 1_000 },
  maxBytes: { type: 'integer', minimum: 1 },
  replicas: { type: 'integer', enum: [1, 3, 5] },
  update: { type: 'boolean' },
} as const

/** The schema of `RetentionOptions`. */
export const retentionSchema: Readonly<Record<string, unknown>> = {
  type: 'object',
  additionalProperties: false,
  properties: { ...limits, duplicateWindowMs: { type: 'number', minimum: 100 } },
}

/** The schema of `MarketRetention`. */
export const marketRetentionSchema: Readonly<Record<string, unknown>> = {
  type: 'object',
  additionalProperties: false,
  required: ['channels'],
  properties: {
    ...limits,
    channels: { type: 'array', minItems: 1, items: { type: 'string', enum: [...publicChannels] } },
  },
}

/** What one JetStream stream keeps. */
export interface StoredStream {
  /** The name in JetStream: `TAPEWIRE_acme_spot_ACCOUNT`, `TAPEWIRE_acme_spot_TRADES`. */
  readonly name: string
  readonly subjects: readonly string[]
  readonly kind: 'account' | 'market'
  /** What whoever reads it must know beforehand; left out where that is nothing. */
  readonly description?: string
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

/** The JetStream stream of one channel of an exchange's market data: it keeps what is published for everybody who listens. */
export function marketStream(base: string, channel: PublicChannel, description?: string): StoredStream {
  const of = { name: nameOf(base, channel.toUpperCase()), subjects: [`${base}.${channel}.>`], kind: 'market' } as const
  return description === undefined ? of : { ...of, description }
}

/** A name in JetStream holds no dot, wildcard, slash or white space. The default prefix is written in capitals, as such names are. */
function nameOf(base: string, kind: string): string {
  const [prefix = '', ...rest] = base.split('.')
  return [prefix.toUpperCase(), ...rest, kind].join('_').replaceAll(/[^\w-]/g, '-')
}

/**
 * Sees to it that the server keeps a stream's subjects: makes the JetStream stream where there is none, and leaves one that has these settings as it is.
 * Rejects with `ERR_INVALID_CONFIG` where one exists with other settings and `update` is not asked for, and where the server does not accept them or has no JetStream.
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
    // Nobody's setting: it follows the relay.
    else if (isDescribedOtherwise(existing, wanted)) await manager.streams.update(wanted.name, wanted)
  } catch (thrown) {
    if (thrown instanceof StreamError) throw thrown
    throw new StreamError('ERR_INVALID_CONFIG', `NATS does not store ${stream.name} so.`, {
      context: { Reason: thrown instanceof Error ? thrown.message : String(thrown) },
      cause: thrown,
    })
  }
}

type Wanted = ReturnType<typeof configOf>

function configOf({ name, subjects, kind, description }: StoredStream, retention: RetentionOptions) {
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
    ...(description === undefined ? {} : { description }),
  }
}

async function configAt(manager: JetStreamManager, name: string): Promise<StreamConfig | null> {
  try {
    return (await manager.streams.info(name)).config
  } catch (thrown) {
    if (isNotStored(thrown)) return null
    if (!isWithoutJetStream(thrown)) throw thrown
    throw new StreamError('ERR_INVALID_CONFIG', 'NATS keeps nothing: it runs without JetStream.', {
      context: { Wanted: name },
      hint: 'Start it as `nats-server -js`, or where it serves several accounts, enable JetStream for this one.',
      cause: thrown,
    })
  }
}

/** Whether an error of NATS says that nobody there answers for JetStream, or not for this account. */
function isWithoutJetStream(thrown: unknown): boolean {
  if (thrown instanceof JetStreamApiError) return thrown.code === JetStreamApiCodes.JetStreamNotEnabledForAccount
  return thrown instanceof Error && thrown.cause instanceof RequestError && thrown.cause.isNoResponders()
}

/** Whether an error of NATS says that there is no JetStream stream of that name. */
export function isNotStored(thrown: unknown): boolean {
  return thrown instanceof JetStreamApiError && thrown.code === JetStreamApiCodes.StreamNotFound
}

function differences(existing: StreamConfig, wanted: Wanted): readonly string[] {
  return (Object.keys(wanted) as (keyof Wanted)[])
    .filter((key) => key !== 'description')
    .filter((key) => JSON.stringify(sorted(existing[key])) !== JSON.stringify(sorted(wanted[key])))
    .map((key) => `${key} is ${JSON.stringify(existing[key])}, not ${JSON.stringify(wanted[key])}`)
}

function isDescribedOtherwise(existing: StreamConfig, { description }: Wanted): boolean {
  return description !== undefined && existing.description !== description
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
