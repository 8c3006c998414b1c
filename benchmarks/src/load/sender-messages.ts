import type { LatencySummary } from '../measure/latency-histogram.js'
import type { LoadStream, Venue } from '../workloads/workload.js'

/** As fast as the client takes it, or evenly spaced on a schedule that waits for nobody. */
export type Pace = 'flood' | { readonly messagesPerSecond: number }

export interface SenderSettings {
  readonly venue: Venue
  readonly streams: readonly LoadStream[]
  readonly pace: Pace
  /** Load begins on command; or a client is sent one frame as soon as it has subscribed, and no more. */
  readonly mode: 'load' | 'first-message'
}

/** What the sender's process is told. Times are `process.hrtime`, which all processes of a machine share. */
export type SenderCommand =
  | { readonly kind: 'start'; readonly settings: SenderSettings }
  /** `startNs`: when the first message of a schedule is due. How late the first ones are, `warmupMessages`, does not count. */
  | { readonly kind: 'begin'; readonly startNs: bigint; readonly warmupMessages: number }
  | { readonly kind: 'stop' }

/** Everything that was sent, over all connections. */
export interface Sent {
  readonly kind: 'sent'
  readonly messages: number
  /** Sum of the frames' values: what a client must arrive at that reads them. */
  readonly checksum: number
  readonly bytes: number
  /** How late each message was written, against the schedule; null for a flood. */
  readonly lateness: LatencySummary | null
}

/** What it says. */
export type SenderReport = { readonly kind: 'listening'; readonly port: number } | Sent
