import type { WebSocketManagerConfig } from '../config/manager-config.js'
import { Backfiller } from '../gap/backfiller.js'
import { Gaps } from '../gap/gaps.js'
import type { DataMessage } from '../model/message.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'
import type { Announcer } from './announcer.js'
import type { ManagerBooks } from './manager-books.js'

/** Whose gaps they are. */
export interface GapsOwner {
  readonly env: StrategyEnv
  readonly announcer: Announcer
  readonly books: ManagerBooks | null
  /** Gives what was fetched of a gap to the user. */
  handOver(message: DataMessage): unknown
}

/** The watch over what the streams of one manager miss, with the backfill of that where the adapter has one and the user wants it. */
export function watchGaps(
  { exchange, backfill: rules, gapOutcome }: WebSocketStrategySet,
  { backfillGaps, messageTimeoutMs }: WebSocketManagerConfig,
  { env, announcer, books, handOver }: GapsOwner,
): Gaps {
  const deliver = handOver
  const report = announcer.report.bind(announcer)
  return new Gaps({
    exchange,
    env,
    backfiller: rules && backfillGaps ? new Backfiller({ rules, env, messageTimeoutMs, deliver, report }) : null,
    gapOutcome,
    bookOf: (stream) => books?.bookOf(stream) ?? null,
    tell: (event) => announcer.tell('gap', event),
  })
}
