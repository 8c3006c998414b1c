import type { StreamStatus } from '@tapewire/core'
import type { ShownStream } from '../wire.js'

/** Rows of a table that a browser draws every second without effort. */
export const mostRows = 100

const order: readonly StreamStatus[] = ['gapped', 'stale', 'syncing', 'live']

/** Those that need a look first, otherwise in the feed's order; only those that have the filter's words somewhere in what is shown. */
export function shownStreams(
  streams: readonly ShownStream[],
  filter: string,
): { readonly rows: readonly ShownStream[]; readonly hidden: number } {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = streams.filter(({ id, symbol, channel, status, reason }) => {
    const text = `${id} ${symbol ?? ''} ${channel} ${status} ${reason}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const sorted = matching.toSorted((left, right) => order.indexOf(left.status) - order.indexOf(right.status))
  return { rows: sorted.slice(0, mostRows), hidden: Math.max(0, sorted.length - mostRows) }
}
