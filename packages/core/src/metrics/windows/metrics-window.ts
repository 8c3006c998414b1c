import { sumBy } from '../add-up.js'
import { summaryOf } from '../latency/latency-summary.js'
import type { MetricsSource } from '../metrics-source.js'
import type { SampledSum } from './connection-samples.js'
import { durationsIn } from './recorder-samples.js'
import type { SampleTimes, Span, WindowName } from './sample-times.js'

/** What was counted and measured in the last second, ten seconds or minute, up to the last full second. Durations in ms; shares from 0 to 1. */
export interface MetricsWindow {
  /** What it really covers, s: less than its name says as long as it was not there for so long, and a little more or less as the event loop had time; 0 without a window. */
  readonly seconds: number
  readonly messages: number
  readonly messagesPerSecond: number
  /** Of frames that came. */
  readonly bytes: number
  readonly bytesPerSecond: number
  /** From the read of the socket to the return of the handler; 0 where nothing came. */
  readonly averageProcessingTimeMs: number
  readonly p50ProcessingTimeMs: number
  readonly p95ProcessingTimeMs: number
  readonly p99ProcessingTimeMs: number
  readonly p999ProcessingTimeMs: number
  readonly maxProcessingTimeMs: number
  /** Messages handled in under 1 ms as a share of all; 1 where nothing came. */
  readonly complianceRate: number
  /** Our clock at receipt minus the exchange's time of the event. Null where nothing came that has a time. */
  readonly averageLagMs: number | null
  readonly maxLagMs: number | null
  readonly droppedMessages: number
  readonly supersededMessages: number
  readonly errorMessages: number
  readonly unknownMessages: number
  readonly reconnectionCount: number
  readonly connectionFailures: number
}

/** The three of them. */
export type MetricsWindows = Readonly<Record<WindowName, MetricsWindow>>

/** The windows of the same connections, which change once a second: between two samples they are composed once. */
export class Windows {
  readonly #times: SampleTimes | null
  #version = -1
  #composed: MetricsWindows = noWindows

  /** Null where nothing is sampled: then they are empty. */
  constructor(times: SampleTimes | null) {
    this.#times = times
  }

  of(sources: readonly MetricsSource[]): MetricsWindows {
    const times = this.#times
    if (times !== null && times.version !== this.#version) {
      this.#version = times.version
      this.#composed = composeWindows(sources, times)
    }
    return this.#composed
  }
}

const noWindow: MetricsWindow = {
  seconds: 0,
  messages: 0,
  messagesPerSecond: 0,
  bytes: 0,
  bytesPerSecond: 0,
  averageProcessingTimeMs: 0,
  p50ProcessingTimeMs: 0,
  p95ProcessingTimeMs: 0,
  p99ProcessingTimeMs: 0,
  p999ProcessingTimeMs: 0,
  maxProcessingTimeMs: 0,
  complianceRate: 1,
  averageLagMs: null,
  maxLagMs: null,
  droppedMessages: 0,
  supersededMessages: 0,
  errorMessages: 0,
  unknownMessages: 0,
  reconnectionCount: 0,
  connectionFailures: 0,
}

const noWindows: MetricsWindows = { last1s: noWindow, last10s: noWindow, last1min: noWindow }

function composeWindows(sources: readonly MetricsSource[], times: SampleTimes): MetricsWindows {
  const compose = (name: WindowName): MetricsWindow => composeWindow(sources, times.span(name))
  return { last1s: compose('last1s'), last10s: compose('last10s'), last1min: compose('last1min') }
}

function composeWindow(sources: readonly MetricsSource[], span: Span): MetricsWindow {
  const samples = sources.flatMap((source) => source.samples ?? [])
  const startedAt = Math.min(...sources.map((source) => source.startedAt))
  const seconds = Math.max(0, span.endedAt - Math.max(span.beganAt, startedAt)) / 1000
  if (span.samples === 0 || seconds === 0) return noWindow
  const sum = (name: SampledSum): number => sumBy(samples, (one) => one.grown(name, span))
  const perSecond = (count: number): number => count / seconds
  const messages = sum('messages')
  const bytes = sum('bytes')
  const lagged = sum('lagged')
  const processing = durationsIn(
    span,
    samples.map((one) => one.processing),
  )
  const { averageMs, p50Ms, p95Ms, p99Ms, p999Ms, maxMs } = summaryOf(processing)
  return {
    seconds,
    messages,
    messagesPerSecond: perSecond(messages),
    bytes,
    bytesPerSecond: perSecond(bytes),
    averageProcessingTimeMs: averageMs,
    p50ProcessingTimeMs: p50Ms,
    p95ProcessingTimeMs: p95Ms,
    p99ProcessingTimeMs: p99Ms,
    p999ProcessingTimeMs: p999Ms,
    maxProcessingTimeMs: maxMs,
    complianceRate: processing.count === 0 ? 1 : 1 - sum('overBudget') / processing.count,
    averageLagMs: lagged === 0 ? null : sum('lagMs') / lagged,
    maxLagMs: lagged === 0 ? null : Math.max(...samples.map((one) => one.maxLagMs(span))),
    droppedMessages: sum('dropped'),
    supersededMessages: sum('superseded'),
    errorMessages: sum('errors'),
    unknownMessages: sum('unknown'),
    reconnectionCount: sum('reconnections'),
    connectionFailures: sum('failures'),
  }
}
