import type { Command } from 'commander'
import { usageError } from '../cli-error.js'
import { parsePort } from './port-option.js'

/** Options of every command that can be watched by a Prometheus. */
export interface MetricsFlags {
  readonly metricsPort?: number
  readonly metricsHost?: string
}

const loopback = '127.0.0.1'

export function addMetricsOptions(command: Command): Command {
  return command
    .option('--metrics-port <number>', 'serve metrics for Prometheus on this port; 0 takes a free one', parsePort)
    .option('--metrics-host <host>', `and on this address instead of ${loopback}`)
}

/** Where metrics are to be served; null where they are not. Throws `ERR_USAGE`. */
export function metricsAddressOf({ metricsPort, metricsHost }: MetricsFlags): { host: string; port: number } | null {
  if (metricsPort !== undefined) return { host: metricsHost ?? loopback, port: metricsPort }
  if (metricsHost === undefined) return null
  throw usageError('A host for metrics was named, and no port.', 'Add --metrics-port 9464.')
}
