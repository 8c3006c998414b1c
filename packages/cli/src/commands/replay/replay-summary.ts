import { channels } from '@tapewire/core'
import type { ChannelCounts, MessageTally } from '../../messages/message-tally.js'
import { renderTable } from '../../terminal/table.js'

/** What a replay amounts to. */
export interface ReplaySummary {
  /** Inbound frames of the capture, acknowledgements included. */
  readonly frames: number
  /** Messages delivered, by channel. */
  readonly messages: ChannelCounts
  readonly bySymbol: Readonly<Record<string, Partial<ChannelCounts>>>
  readonly unknown: number
  readonly errors: number
  readonly other: number
  readonly dropped: number
}

export function replaySummary(frames: number, tally: MessageTally): ReplaySummary {
  const { messages, bySymbol, unknown, errors, other, dropped } = tally
  return { frames, messages, bySymbol, unknown, errors, other, dropped }
}

/** A table of pairs by channels, and a line of everything else. */
export function summaryText({ frames, messages, bySymbol, unknown, errors, other, dropped }: ReplaySummary): string {
  const used = channels.filter((channel) => messages[channel] > 0)
  const columns = [{ title: 'symbol' }, ...used.map((channel) => ({ title: channel, align: 'right' as const }))]
  const row = (title: string, counts: Partial<ChannelCounts>): string[] => [
    title,
    ...used.map((channel) => String(counts[channel] ?? 0)),
  ]
  const rows = Object.entries(bySymbol)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([symbol, counts]) => row(symbol, counts))
  const table = renderTable(columns, [...rows, row('all', messages)])
  return `${table}\n\n${frames} frames, ${unknown} unknown, ${errors} errors, ${other} other, ${dropped} dropped`
}
