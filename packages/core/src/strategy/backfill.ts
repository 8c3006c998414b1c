import { longestTimerMs } from '../clock/longest-timer.js'
import { suggest } from '../errors/suggest.js'
import { type Channel, isChannel } from '../model/channel.js'
import type { Instrument } from '../model/instrument.js'
import type { DataMessage } from '../model/message.js'
import type { Stream } from '../model/stream.js'
import type { StrategyEnv } from './env.js'
import type { RequestLimit } from './request-limit.js'

/** Channels whose messages can be fetched after the fact: each is an event of its own, and the exchange remembers it. */
export type BackfillChannel = Extract<Channel, 'trades' | 'executions' | 'orders'>

const backfillChannels: readonly Channel[] = ['trades', 'executions', 'orders'] satisfies readonly BackfillChannel[]

/** What was missed of one stream. */
export interface BackfillRequest {
  readonly stream: Stream
  readonly channel: BackfillChannel
  /** Of which instrument; null for all of an account, where the rules can ask for all at once. */
  readonly instrument: Instrument | null
  /** Nothing older is asked for, epoch ms by the exchange's clock. What is older and comes all the same is left out. */
  readonly from: number
  /** An upper bound, epoch ms; a minute after now, because clocks differ. */
  readonly to: number
}

/** One answer of an endpoint. */
export interface BackfillPage {
  /** In our own types, composed by `dataMessage` as a parser does, one trade, execution or order each, in any order. */
  readonly messages: readonly DataMessage[]
  /** What asks for the next page, in the adapter's own words; null where this is the last. */
  readonly next: string | null
  /** False where the exchange does not give, by what it documents, all that was asked for: it is too long ago, or too much. */
  readonly reachesBack: boolean
}

/**
 * How what a stream missed is fetched over REST: what an adapter's `backfill.ts` exports.
 * @example
 * const rules: BackfillRules = {
 *   channels: ['trades'], identity: 'id', isPerInstrument: true, limit: { requests: 150, windowMs: 10_000 }, fetchPage,
 * }
 */
export interface BackfillRules {
  /** At least one. */
  readonly channels: readonly BackfillChannel[]
  /**
   * How a fetched trade or execution is known to be one that the stream brought: by its `id`, where both have the same; by its `content` (instrument, time in
   * whole ms, price, size and side) where REST names it otherwise, or not at all. Two of the same content count as two. Orders are always known by their id.
   */
  readonly identity: 'id' | 'content'
  /** Whether the account is asked for one instrument after the other: then for those that the user named, and those that its streams have brought. */
  readonly isPerInstrument: boolean
  /** How many pages may be asked for, over all streams of a manager. */
  readonly limit: RequestLimit
  /**
   * Fetches one page: the first where `cursor` is null, else the one that `next` of the page before asks for. `env` has the signal that ends the wait, time,
   * and the way to REST. Rejects with a `StreamError`; one that is `retryable` is asked again, a few times.
   */
  fetchPage(request: BackfillRequest, cursor: string | null, env: StrategyEnv): Promise<BackfillPage>
}

const ruleNames = ['channels', 'identity', 'isPerInstrument', 'limit', 'fetchPage'] as const

/** Everything that keeps `rules` from being rules of a backfill, a text each, as a strategy set reports it. */
export function* findBackfillFaults(rules: unknown): Generator<string> {
  if (!isObject(rules)) {
    yield 'backfill is no object'
    return
  }
  const { channels, identity, isPerInstrument, limit, fetchPage } = rules
  const named: readonly unknown[] = Array.isArray(channels) ? channels : []
  if (named.length === 0) yield 'backfill.channels names no channel'
  for (const name of named) {
    const isOurs = typeof name === 'string' && isChannel(name) && backfillChannels.includes(name)
    if (!isOurs) yield `backfill.channels names ${String(name)}, which is none of ${backfillChannels.join(', ')}`
  }
  if (identity !== 'id' && identity !== 'content') yield 'backfill.identity is neither id nor content'
  if (typeof isPerInstrument !== 'boolean') yield 'backfill.isPerInstrument is neither true nor false'
  const { requests, windowMs } = isObject(limit) ? limit : {}
  if (!Number.isSafeInteger(requests) || (requests as number) < 1)
    yield 'backfill.limit.requests is not a whole number of at least 1'
  if (!(typeof windowMs === 'number' && windowMs >= 1 && windowMs <= longestTimerMs))
    yield `backfill.limit.windowMs is not from 1 to ${longestTimerMs}`
  if (typeof fetchPage !== 'function') yield 'backfill.fetchPage is not a function'
  for (const name of Object.keys(rules)) {
    const meant = (ruleNames as readonly string[]).includes(name) ? null : suggest(name, ruleNames)
    if (meant !== null) yield `backfill.${name} is no rule (did you mean ${meant}?)`
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
