import { channels } from '@tapewire/core'
import type { ChannelCounts, MessageTally } from '../../messages/message-tally.js'
import { renderTable } from '../../terminal/table.js'
import type { ReplayedBooks } from './replayed-books.js'

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
  /** Made room for a newer message of their stream. */
  readonly superseded: number
  /** Present where the order books were asked for. */
  readonly books?: ReplayedBooks['books']
  readonly gaps?: number
  readonly resyncs?: number
}

export function replaySummary(frames: number, tally: MessageTally, books: ReplayedBooks | null): ReplaySummary {
  const { messages, bySymbol, unknown, errors, other, dropped, superseded } = tally
  return { frames, messages, bySymbol, unknown, errors, other, dropped, superseded, ...books }
}

/** A table of symbols by channels, and a line of everything else. */
export function summaryText(summary: ReplaySummary): string {
  const { frames, messages, bySymbol, unknown, errors, other, dropped, superseded } = summary
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
  const counts = `${frames} frames, ${unknown} unknown, ${errors} errors, ${other} other, ${dropped} dropped, ${superseded} superseded`
  return [table, '', ...booksText(summary), counts].join('\n')
}

/** A row a book: how it stands, and its touch. */
function booksText({ books, gaps, resyncs }: ReplaySummary): readonly string[] {
  if (books === undefined) return []
  const columns = [
    { title: 'book' },
    { title: 'status' },
    { title: 'sequence', align: 'right' as const },
    { title: 'bid', align: 'right' as const },
    { title: 'ask', align: 'right' as const },
  ]
  const rows = Object.entries(books)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([symbol, { status, sequence, bids, asks }]) => [
      symbol,
      status,
      String(sequence ?? ''),
      String(bids[0]?.[0] ?? ''),
      String(asks[0]?.[0] ?? ''),
    ])
  return [renderTable(columns, rows), '', `${gaps} gaps, ${resyncs} resyncs`]
}
