import type { MeasuredFeed } from '@tapewire/core/prometheus'
import type { CommandContext } from '../command-context.js'
import { type MetricsFlags, metricsAddressOf } from '../options/metrics-options.js'
import type { OnRegistry } from './metrics-server.js'

/** What a command serves while it runs. */
export interface ServedMetrics {
  close(): Promise<void>
}

const nothingServed: ServedMetrics = { close: async () => {} }

/** Serves the metrics of these feeds where the flags ask for it, and says where. Rejects with `ERR_USAGE`, `ERR_PORT_IN_USE` and `ERR_SERVER_FAILED`. */
export async function serveMetrics(
  context: CommandContext,
  feeds: ReadonlyMap<MeasuredFeed, string>,
  flags: MetricsFlags,
  onRegistry: OnRegistry = () => {},
): Promise<ServedMetrics> {
  const address = metricsAddressOf(flags)
  if (address === null) return nothingServed
  // Loaded only when it is wanted, and prom-client with it.
  const { MetricsServer } = await import('./metrics-server.js')
  const server = new MetricsServer({ feeds, onRegistry, ...address, onError: (thrown) => context.warn(thrown) })
  const url = await server.listen()
  context.note(`Metrics for Prometheus: ${url}`)
  return server
}
