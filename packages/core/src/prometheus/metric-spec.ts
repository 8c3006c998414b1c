import type { LatencyHistogram } from '../metrics/latency/latency-histogram.js'

/** One series of a metric, as it stands. */
export interface Reading {
  /** Beside the labels of what it is about. */
  readonly labels: Readonly<Record<string, string>>
  readonly value: number | LatencyHistogram
}

/** What Prometheus is told of a metric beside its values. */
export interface MetricDescription {
  /** Without prefix. It ends in its unit, and a counter’s in `_total`. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** One sentence, without a full stop. */
  readonly help: string
  /** Beside the labels of what it is about. */
  readonly labels: readonly string[]
}

/** A metric, and how it is read from what a feed measures. */
export interface MetricSpec<Measured> extends MetricDescription {
  /** Nothing where there is nothing to tell yet. */
  read(measured: Measured): readonly Reading[]
}

type ReadNumber<Measured> = (measured: Measured) => number | null
type ReadNumbers<Measured> = (measured: Measured) => Readonly<Record<string, number>>

const alone: Readonly<Record<string, string>> = {}

/** What is counted from the beginning. */
export function counter<Measured>(name: string, help: string, read: ReadNumber<Measured>): MetricSpec<Measured> {
  return one('counter', name, help, read)
}

/** What is so now; null where that is not known. */
export function gauge<Measured>(name: string, help: string, read: ReadNumber<Measured>): MetricSpec<Measured> {
  return one('gauge', name, help, read)
}

/** A counter for each value of a label. */
export function counterBy<Measured>(
  label: string,
  name: string,
  help: string,
  read: ReadNumbers<Measured>,
): MetricSpec<Measured> {
  return many('counter', label, name, help, read)
}

/** A gauge for each value of a label. */
export function gaugeBy<Measured>(
  label: string,
  name: string,
  help: string,
  read: ReadNumbers<Measured>,
): MetricSpec<Measured> {
  return many('gauge', label, name, help, read)
}

/** How long something took, since the beginning. */
export function histogram<Measured>(
  name: string,
  help: string,
  read: (measured: Measured) => LatencyHistogram,
): MetricSpec<Measured> {
  return { name, type: 'histogram', help, labels: [], read: (measured) => [{ labels: alone, value: read(measured) }] }
}

/** Prometheus has its times in seconds. */
export function seconds(ms: number): number
export function seconds(ms: number | null): number | null
export function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000
}

function one<Measured>(
  type: MetricDescription['type'],
  name: string,
  help: string,
  read: ReadNumber<Measured>,
): MetricSpec<Measured> {
  return {
    name,
    type,
    help,
    labels: [],
    read: (measured) => {
      const value = read(measured)
      return value === null ? [] : [{ labels: alone, value }]
    },
  }
}

function many<Measured>(
  type: MetricDescription['type'],
  label: string,
  name: string,
  help: string,
  read: ReadNumbers<Measured>,
): MetricSpec<Measured> {
  const readings = (values: Readonly<Record<string, number>>): readonly Reading[] =>
    Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }))
  return { name, type, help, labels: [label], read: (measured) => readings(read(measured)) }
}
