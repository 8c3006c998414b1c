import { traitsOf } from '../model/channel.js'
import type { Stream } from '../model/stream.js'
import type { BackfillChannel } from '../strategy/backfill.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { EndedGap, GapOutcome, GapOutcomeOf } from '../strategy/gap-outcome.js'
import type { Backfiller, KnownInstruments } from './backfiller.js'
import type { DeliveryMemory, Reach } from './delivery-memory.js'
import { askOutcome, endedBefore, lost, wholeAgain } from './outcomes.js'

/** What gaps are made up for with. */
export interface SettleParts {
  readonly env: StrategyEnv
  readonly backfiller: Backfiller | null
  readonly gapOutcome: GapOutcomeOf | null
}

/** What a gap leaves to fetch, where something can be. */
interface Fetchable {
  readonly memory: DeliveryMemory | null
  readonly reach: Reach | null
}

/** Whether the next message of a stream says all there is to say of the present. */
export function isPresentState({ channels }: Stream): boolean {
  return channels.every((channel) => traitsOf(channel).onlyNewestCounts)
}

/** Whether anybody is asked what a gap missed. */
export function isAsked(
  { stream, memory }: { readonly stream: Stream; readonly memory: DeliveryMemory | null },
  { reach }: { readonly reach: Reach | null },
  { gapOutcome }: Pick<SettleParts, 'gapOutcome'>,
): boolean {
  return gapOutcome !== null || isFetchable(stream, { memory, reach })
}

/** How a gap ends of which nothing is fetched. */
export function unfetched(stream: Stream): GapOutcome {
  return isPresentState(stream) ? wholeAgain : lost('what was missed cannot be fetched')
}

/** What became of what a gap missed: as the strategies say, or else what the exchange gives of it. Never rejects. */
export async function settleGap(
  { memory, reach, ...gap }: EndedGap & Fetchable,
  instrumentsOf: (channel: BackfillChannel) => KnownInstruments,
  { env, backfiller, gapOutcome }: SettleParts,
  signal: AbortSignal,
): Promise<GapOutcome> {
  const { stream } = gap
  const known = gapOutcome === null ? null : await askOutcome(gapOutcome, gap, env, signal)
  if (known !== null) return known
  if (signal.aborted) return lost(endedBefore)
  const channel = backfiller?.channelOf(stream) ?? null
  if (backfiller === null || channel === null || !isFetchable(stream, { memory, reach })) return unfetched(stream)
  const remembered = memory as DeliveryMemory
  const missing = { stream, channel, memory: remembered, reach: remembered.stillMissing(reach as Reach) }
  return backfiller.makeUp({ ...missing, ...instrumentsOf(channel) }, signal)
}

function isFetchable(stream: Stream, { memory, reach }: Fetchable): boolean {
  return memory !== null && reach !== null && !isPresentState(stream)
}
