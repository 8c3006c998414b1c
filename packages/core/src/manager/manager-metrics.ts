import type { AlertCounters } from '../alert/alert-watch.js'
import type { Clock } from '../clock/clock.js'
import { canGenerateCode } from '../config/code-generation.js'
import type { ConnectionParsers } from '../connection/connection-parsers.js'
import { composeMetrics } from '../metrics/compose-metrics.js'
import type { Measurement } from '../metrics/measurement.js'
import type { MetricsSource } from '../metrics/metrics-source.js'
import { networkMetrics, noTraffic } from '../metrics/network-metrics.js'
import type { PerformanceMetrics } from '../metrics/performance-metrics.js'
import { ProcessWatch, unwatchedProcess } from '../metrics/process/process-watch.js'
import { noStages, type StageMetrics } from '../metrics/stages/stage-meter.js'
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
  /** Null where nothing is measured. */
  readonly measurement: Measurement | null
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
  readonly #samples: Samples | null

  constructor(parts: MetricsParts) {
    const { clock, measurement } = parts
    this.#parts = parts
    this.#windows = new Windows(measurement?.times ?? null)
    this.#samples = measurement === null ? null : new Samples(clock, measurement, parts.keepers)
  }

  start(): void {
    this.#samples?.start()
  }

  stop(): void {
    this.#samples?.stop()
  }

  /** What each connection contributes, and those that have ended. */
  get sources(): readonly MetricsSource[] {
    const { clock, keepers } = this.#parts
    return keepers.groups.metricsSources(clock.now())
  }

  /** Of all connections; null where nothing is measured. Composed once a second, however often it is asked for. */
  get windows(): MetricsWindows | null {
    return this.#samples === null ? null : this.#windows.of(this.sources)
  }

  /** Null where nothing is measured. */
  get stages(): StageMetrics | null {
    return this.#parts.measurement?.stages.metrics ?? null
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
      streams: this.#samples?.streams.traffic(wanted) ?? trafficWithoutRates(wanted),
      stages: this.stages ?? noStages,
      ...(this.#samples?.process.metrics ?? unwatchedProcess()),
    }
  }
}

/** What is looked at once a second. */
class Samples {
  readonly streams: StreamSamples
  readonly process: ProcessWatch = new ProcessWatch()
  readonly #clock: Clock
  readonly #measurement: Measurement
  readonly #keepers: StreamKeepers
  readonly #sampler: Sampler

  constructor(clock: Clock, measurement: Measurement, keepers: StreamKeepers) {
    const { times } = measurement
    this.#clock = clock
    this.#measurement = measurement
    this.#keepers = keepers
    this.streams = new StreamSamples(times)
    this.#sampler = new Sampler({ clock, times, sample: (slot) => this.#take(slot) })
  }

  start(): void {
    this.process.start()
    this.#sampler.start()
  }

  stop(): void {
    this.#sampler.stop()
    this.process.stop()
  }

  #take(slot: number): void {
    const { groups, states } = this.#keepers
    for (const source of groups.metricsSources(this.#clock.now())) source.samples?.take(slot, source)
    this.streams.take(slot, states.wanted)
    this.#measurement.stages.take(slot)
    this.process.look()
  }
}
