import { ConnectionState, channels, type PerformanceMetrics } from '@tapewire/core'
import type { EmulatedFeed } from '../../live/open-emulated-feeds.js'
import { formatNumber } from '../../messages/format-number.js'
import { type ChannelCounts, noMessages } from '../../messages/message-tally.js'
import { renderTable } from '../../terminal/table.js'

/** One exchange in numbers: its connections together. */
export interface ExchangeReport {
  /** Where it listened. */
  readonly url: string
  readonly restUrl: string
  /** `connected`, or the state of a connection that is not. */
  readonly state: ConnectionState
  readonly messages: ChannelCounts
  readonly dropped: number
  /** Made room for a newer message of their stream. */
  readonly superseded: number
  readonly errors: number
  readonly unknown: number
  readonly reconnects: number
  /** From the read of the socket to the return of the handler; of the slower connection. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Since the start. */
  readonly messagesPerSecond: number
}

export interface DemoReport {
  readonly exchanges: Readonly<Record<string, ExchangeReport>>
}

export function reportOf(feed: EmulatedFeed): ExchangeReport {
  const metrics = [feed.metrics(), ...(feed.account === null ? [] : [feed.account.metrics()])]
  const sum = (measure: (one: PerformanceMetrics) => number): number =>
    metrics.reduce((total, one) => total + measure(one), 0)
  const slowest = (measure: (one: PerformanceMetrics) => number): number =>
    rounded(Math.max(0, ...metrics.map(measure)), 4)
  const messages = noMessages()
  for (const channel of channels) messages[channel] = sum((one) => one.messagesByChannel[channel])
  return {
    ...feed.emulation.endpoints,
    state: commonState(metrics),
    messages,
    dropped: sum((one) => one.droppedMessages),
    superseded: sum((one) => one.supersededMessages),
    errors: sum((one) => one.errorCount),
    unknown: sum((one) => one.unknownMessages),
    reconnects: sum((one) => one.reconnectionCount),
    p50Ms: slowest((one) => one.p50ProcessingTimeMs),
    p99Ms: slowest((one) => one.p99ProcessingTimeMs),
    messagesPerSecond: rounded(
      sum((one) => one.averageMessagesPerSecond),
      1,
    ),
  }
}

/** A column an exchange. */
export function reportText({ exchanges }: DemoReport): string {
  const reports = Object.values(exchanges)
  const columns = [{ title: '' }, ...Object.keys(exchanges).map((title) => ({ title, align: 'right' as const }))]
  const row = (title: string, show: (report: ExchangeReport) => string): string[] => [title, ...reports.map(show)]
  return renderTable(columns, [
    row('state', ({ state }) => state),
    ...channels.map((channel) => row(channel, ({ messages }) => formatNumber(messages[channel]))),
    row('dropped', ({ dropped }) => formatNumber(dropped)),
    row('superseded', ({ superseded }) => formatNumber(superseded)),
    row('errors', ({ errors }) => formatNumber(errors)),
    row('unknown', ({ unknown }) => formatNumber(unknown)),
    row('reconnects', ({ reconnects }) => formatNumber(reconnects)),
    row('messages/s', ({ messagesPerSecond }) => messagesPerSecond.toFixed(1)),
    row('p50', ({ p50Ms }) => `${p50Ms.toFixed(3)} ms`),
    row('p99', ({ p99Ms }) => `${p99Ms.toFixed(3)} ms`),
  ])
}

function commonState(metrics: readonly PerformanceMetrics[]): ConnectionState {
  const states = metrics.flatMap(({ connections }) => connections.map(({ state }) => state))
  const other = states.find((state) => state !== ConnectionState.Connected)
  return states.length === 0 ? ConnectionState.Disconnected : (other ?? ConnectionState.Connected)
}

function rounded(value: number, digits: number): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}
