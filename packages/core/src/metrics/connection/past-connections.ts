import { MessageMeter } from '../message-meter.js'
import type { MetricsSource } from '../metrics-source.js'
import { ConnectionSamples } from '../windows/connection-samples.js'
import { RecoveryTimes } from './recovery-times.js'

/** What connections that are gone have counted: without them the counters of a manager would go back when it closes one that carries nothing any more. */
export class PastConnections {
  readonly #meter = new MessageMeter()
  readonly #recoveries = new RecoveryTimes()
  readonly #samples: ConnectionSamples | null
  #reconnections = 0
  #failures = 0
  #startedAt = Number.POSITIVE_INFINITY
  #endedAt = Number.NEGATIVE_INFINITY
  #askedMs = 0
  #connectedMs = 0

  constructor(isSampled: boolean) {
    this.#samples = isSampled ? new ConnectionSamples() : null
  }

  /** Takes over from one that will count nothing any more. */
  add(source: MetricsSource): void {
    this.#meter.add(source.meter)
    this.#recoveries.add(source.recoveries)
    if (source.samples !== null) this.#samples?.absorb(source.samples)
    this.#reconnections += source.reconnections
    this.#failures += source.failures
    this.#startedAt = Math.min(this.#startedAt, source.startedAt)
    this.#endedAt = Math.max(this.#endedAt, source.endedAt ?? 0)
    this.#askedMs += source.askedMs
    this.#connectedMs += source.connectedMs
  }

  /** As one source; none before there was a connection. */
  get sources(): readonly MetricsSource[] {
    if (this.#startedAt === Number.POSITIVE_INFINITY) return []
    return [
      {
        meter: this.#meter,
        samples: this.#samples,
        pendingMessages: 0,
        pendingBytes: 0,
        reconnections: this.#reconnections,
        failures: this.#failures,
        recoveries: this.#recoveries,
        startedAt: this.#startedAt,
        endedAt: this.#endedAt,
        askedMs: this.#askedMs,
        connectedMs: this.#connectedMs,
      },
    ]
  }
}
