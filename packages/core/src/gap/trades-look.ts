import { within } from '../clock/within.js'
import { StreamError } from '../errors/stream-error.js'
import type { DataMessage } from '../model/message.js'
import { isWanted, type Stream } from '../model/stream.js'
import type { BackfillPage } from '../strategy/backfill.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { LookOutcome } from '../stream/silence/look-outcome.js'
import type { Backfiller } from './backfiller.js'
import type { DeliveryMemory } from './delivery-memory.js'
import { timeOf } from './told.js'

/** A trade over REST proves a stall where it is so much newer than the last that was told, ms: what is closer may have been told within one message. */
const aheadMs = 3_000

/** How long a look may take, the turn of its requests included, ms. */
const longestLookMs = 10_000

/** Pages that are looked at: where the first are full, nobody needs the others to know. */
const mostPages = 4

/** What a look is taken with. */
export interface TradesLookParts {
  readonly backfiller: Backfiller
  readonly env: StrategyEnv
}

/**
 * Whether an exchange has gone on without a stream of trades: `behind` where REST has a trade that is newer than the last one told, `even` where it has that one and nothing newer. Everything else
 * proves nothing: REST that is away, refuses, is at its limit or too slow, and one that does not reach back to the last trade. Never rejects.
 */
export async function lookAtTrades(
  stream: Stream,
  memory: DeliveryMemory,
  { backfiller, env }: TradesLookParts,
): Promise<LookOutcome> {
  if (stream.instrument === null || !isWanted(stream, 'trades') || backfiller.channelOf(stream) !== 'trades')
    return 'unknown'
  const from = memory.toldUntil
  const limits = { clock: env.clock, signal: env.signal, timeoutMs: longestLookMs, timeoutError: tookTooLong }
  try {
    return await within(limits, async (signal) => {
      const seen: DataMessage[] = []
      let page: BackfillPage | null = null
      for (let count = 0; count < mostPages && (page === null || page.next !== null); count += 1) {
        page = await backfiller.askNewer(stream, 'trades', from, page?.next ?? null, signal)
        seen.push(...page.messages)
        if (seen.some((trade) => timeOf(trade) > Math.max(from, memory.toldUntil) + aheadMs)) return 'behind'
      }
      const isWhole = page !== null && page.next === null && page.reachesBack
      return isWhole && seen.some((trade) => timeOf(trade) <= from) ? 'even' : 'unknown'
    })
  } catch {
    return 'unknown'
  }
}

function tookTooLong(): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', 'The latest trades could not be looked at in time.')
}
