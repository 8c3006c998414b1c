import { ConnectionState, type StreamStatus } from '@tapewire/core'
import type { Span } from './text/line.js'
import { span } from './text/line.js'

/** How a status is told apart without a colour. */
const statusSigns: Readonly<Record<StreamStatus, Span>> = {
  live: span('●', 'good'),
  syncing: span('○', 'warn'),
  stale: span('!', 'warn'),
  gapped: span('×', 'bad'),
}

const worstFirst: readonly StreamStatus[] = ['gapped', 'stale', 'syncing', 'live']

export function statusSign(status: StreamStatus): Span {
  return statusSigns[status]
}

/** The status in its colour. */
export function statusWord(status: StreamStatus): Span {
  return span(status, statusSigns[status].style)
}

/** Sorts what is worst to the front, and of those what has been so for the longest. */
export function byTrouble(
  left: { readonly status: StreamStatus; readonly since: number },
  right: { readonly status: StreamStatus; readonly since: number },
): number {
  return worstFirst.indexOf(left.status) - worstFirst.indexOf(right.status) || left.since - right.since
}

/** The sign of a connection's state. */
export function stateSign(state: ConnectionState): Span {
  if (state === ConnectionState.Connected) return span('●', 'good')
  if (state === ConnectionState.Connecting || state === ConnectionState.Reconnecting) return span('○', 'warn')
  return span('×', 'bad')
}

/** The side of a trade or an order: a sign, and a word where there is room. */
export function sideSpan(side: 'buy' | 'sell' | null, hasWord: boolean): Span {
  if (side === null) return span(hasWord ? '–     ' : '–', 'dim')
  const sign = side === 'buy' ? '▲' : '▼'
  return span(hasWord ? `${sign} ${side.padEnd(4)}` : sign, side === 'buy' ? 'good' : 'bad')
}
