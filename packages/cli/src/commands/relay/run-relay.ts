import type { RelayMetrics } from '@tapewire/relay-nats'
import { formatByteSize } from '../../byte-size.js'
import type { CommandContext } from '../../command-context.js'
import { formatNumber } from '../../messages/format-number.js'
import { serveMetrics } from '../../metrics-server/serve-metrics.js'
import { FeedNotes } from '../../notes/feed-notes.js'
import { untilOver } from '../../wait.js'
import { exportPlaces } from './export-places.js'
import { FeedOpener } from './feed-opener.js'
import type { RelayFlags, RelayPlan } from './plan-relay.js'
import { relayAll } from './relay-all.js'
import { relayShare } from './relay-share.js'
import type { RunningRelay } from './running-relay.js'

/** Relays until the time is up or Ctrl-C. Rejects where a connection cannot be made, or one to the exchange is given up. */
export async function runRelay(context: CommandContext, plan: RelayPlan, flags: RelayFlags): Promise<void> {
  const notes = new FeedNotes(context)
  const over = AbortSignal.any([context.signal, notes.lost.signal])
  const feeds = new FeedOpener(plan, notes, over)
  let running: RunningRelay | null = null
  let served: Awaited<ReturnType<typeof serveMetrics>> | null = null
  let counts = total([])
  try {
    running = await (plan.group === null ? relayAll : relayShare)(plan, feeds, context)
    const { places } = running
    served = await serveMetrics(context, feeds.measured, flags, (registry) =>
      exportPlaces(registry, plan.definition.name, places),
    )
    await untilOver(flags.duration ?? null, over)
    notes.lost.signal.throwIfAborted()
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown
  } finally {
    notes.end()
    counts = total(running?.metrics() ?? [])
    await running?.close()
    await feeds.close()
    await served?.close()
  }
  await context.out.line(flags.json === true ? JSON.stringify(counts) : totalText(counts))
}

const counted = ['records', 'frames', 'bytes', 'droppedRecords', 'streams', 'asks', 'reconnects'] as const
const ofAccounts = ['stored', 'duplicates', 'dropped'] as const
type RelayTotal = Record<(typeof counted)[number], number> & {
  /** What became of the events of an account; null where none was relayed. */
  readonly account: Record<(typeof ofAccounts)[number], number> | null
}

function total(all: readonly RelayMetrics[]): RelayTotal {
  const accounts = all.flatMap(({ account }) => (account === null ? [] : [account]))
  return { ...sumOf(all, counted), account: accounts.length === 0 ? null : sumOf(accounts, ofAccounts) }
}

function sumOf<Name extends string>(all: readonly Readonly<Record<Name, number>>[], names: readonly Name[]) {
  return Object.fromEntries(names.map((name) => [name, all.reduce((sum, one) => sum + one[name], 0)])) as Record<
    Name,
    number
  >
}

function totalText({ records, frames, bytes, droppedRecords, account }: RelayTotal): string {
  const dropped = (count: number): string => (count === 0 ? '' : `, ${formatNumber(count)} dropped`)
  const market = `${formatNumber(records)} records in ${formatNumber(frames)} frames, ${formatByteSize(bytes)}`
  const events = account === null ? '' : `${formatNumber(account.stored)} events of the account stored`
  const parts = [
    ...(account !== null && frames === 0 ? [] : [`${market}${dropped(droppedRecords)}`]),
    ...(account === null ? [] : [`${events}${dropped(account.dropped)}`]),
  ]
  return parts.join('; ')
}
