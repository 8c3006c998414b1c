import type { RecoveryTimes } from './connection/recovery-times.js'
import type { MessageMeter } from './message-meter.js'
import type { ConnectionSamples } from './windows/connection-samples.js'

/** The facts that one connection contributes, or those that have ended together. Times are epoch ms. */
export interface MetricsSource {
  readonly meter: MessageMeter
  /** Null where nothing is measured. */
  readonly samples: ConnectionSamples | null
  readonly pendingMessages: number
  readonly pendingBytes: number
  readonly reconnections: number
  readonly failures: number
  readonly recoveries: RecoveryTimes
  /** Since when it is asked for, until when it was, and null while it still is. */
  readonly startedAt: number
  readonly endedAt: number | null
  /** For how long it was asked for, and connected, ms. */
  readonly askedMs: number
  readonly connectedMs: number
}
