import type { AlertCounters } from '../alert/alert-watch.js'
import type { Clock } from '../clock/clock.js'
import { canGenerateCode } from '../config/code-generation.js'
import type { ConnectionParsers } from '../connection/connection-parsers.js'
import { composeMetrics } from '../metrics/compose-metrics.js'
import type { Measurement } from '../metrics/measurement.js'
import type { MetricsSource } from '../metrics/metrics-source.js'
import { networkMetrics, noTraffic } from '../metrics/network-metrics.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import { StreamSamples, trafficWithoutRates } from '../metrics/stream/stream-samples.js'
import { type MetricsWindows, Windows } from '../metrics/windows/metrics-window.js'
import { Sampler } from '../metrics/windows/sampler.js'
import type { SilenceWatch } from '../stream/silence/silence-watch.js'
import type { MachineNetwork } from '../transport/machine-network.js'
import { noBooks } from './manager-books.js'
import type { StreamKeepers } from './subscriptions.js'

/** Whoever counts something of a manager. */
export interface MetricsParts {
  readonly clock: Clock
  readonly measurement: Measurement
  readonly keepers: StreamKeepers
  readonly silence: SilenceWatch
  readonly parsers: ConnectionParsers
  /** Null where the user brought a network. */
  readonly machine: MachineNetwork | null
  readonly alerts: () => AlertCounters
}

/** What a manager counts and measures, gathered from those who do, and looked at once a second where it is measured. */
export class ManagerMetrics {
  readonly #parts: MetricsParts
  readonly #windows: Windows
  /** Null where nothing is measured. */
  readonly #streams: StreamSamples | null
  readonly #sampler: Sampler | null

  constructor(parts: MetricsParts) {
    const { clock, measurement } = parts
    const { times } = measurement
    this.#parts = parts
    this.#windows = new Windows(times)
    this.#streams = times === null ? null : new StreamSamples(times)
    this.#sampler = times === null ? null : new Sampler({ clock, times, sample: (slot) => this.#sample(slot) })
  }

  start(): void {
    this.#sampler?.start()
  }

  stop(): void {
    this.#sampler?.stop()
  }

  /** What each connection contributes, and those that have ended. */
  get sources(): readonly MetricsSource[] {
    const { clock, keepers } = this.#parts
    return keepers.groups.metricsSources(clock.now())
  }

  /** Of all connections; null where nothing is measured. Composed once a second, however often it is asked for. */
  get windows(): MetricsWindows | null {
    return this.#sampler === null ? null : this.#windows.of(this.sources)
  }

  /** As it is now. */
  get present(): PerformanceMetrics {
    const { clock, keepers, silence, parsers, machine, alerts } = this.#parts
    const { groups, states, books, gaps, announcer } = keepers
    const now = clock.now()
    const sources = groups.metricsSources(now)
    const { wanted } = states
    const totals = composeMetrics(sources, this.#windows.of(sources), now)
    return {
      ...totals,
      ...(books?.counters ?? noBooks),
      ...gaps.metrics,
      ...networkMetrics(machine?.counts ?? noTraffic),
      ...silence.counters,
      ...alerts(),
      errorCount: announcer.errors + totals.connectionFailures,
      decoderFallbacks: Object.fromEntries(parsers.fallbacks),
      fastDecoders: canGenerateCode,
      connections: groups.all.flatMap((group) => group.metrics(now)),
      streams: this.#streams?.traffic(wanted) ?? trafficWithoutRates(wanted),
    }
  }

  #sample(slot: number): void {
    const { clock, keepers } = this.#parts
    const { groups, states } = keepers
    for (const source of groups.metricsSources(clock.now())) source.samples?.take(slot, source)
    this.#streams?.take(slot, states.wanted)
  }
}
