import type { EndpointFlags } from '../../options/endpoint-options.js'
import type { ExchangeFlags } from '../../options/exchange-options.js'
import type { MetricsFlags } from '../../options/metrics-options.js'

/** The options of `tapewire record`. */
export interface RecordFlags extends EndpointFlags, ExchangeFlags, MetricsFlags {
  readonly out: string
  readonly channels?: readonly string[]
  readonly candleIntervals?: readonly string[]
  readonly duration?: number
  readonly rotateSize?: number
  readonly rotateEvery?: number
  readonly json?: true
}
