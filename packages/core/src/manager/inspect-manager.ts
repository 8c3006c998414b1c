import { ConnectionState } from '../model/connection-state.js'
import type { StreamState } from '../model/stream.js'

/** What a manager is asked to be shown. */
interface Inspected {
  readonly exchange: string
  getPerformanceMetrics(): { readonly connections: readonly { readonly state: ConnectionState }[] }
  streamStates(): readonly StreamState[]
}

/** A manager or its feed in a line: `ExchangeFeed { acme_spot, connected, 2 connections, 6 streams (5 live, 1 syncing) }`. */
export function inspectManager(name: string, manager: Inspected): string {
  const { exchange } = manager
  const connections = manager.getPerformanceMetrics().connections.map((connection) => connection.state)
  const state = stateOf(connections)
  const parts =
    state === ConnectionState.Closed
      ? [exchange, state]
      : [exchange, state, ...countsOf(connections, manager.streamStates())]
  return `${name} { ${parts.join(', ')} }`
}

function stateOf(connections: readonly ConnectionState[]): string {
  const [first = ConnectionState.Disconnected] = connections
  if (connections.every((state) => state === first)) return first
  const connected = connections.filter((state) => state === ConnectionState.Connected)
  return `${connected.length} of ${connections.length} connected`
}

function countsOf(connections: readonly ConnectionState[], streams: readonly StreamState[]): readonly string[] {
  const byStatus = new Map<string, number>()
  for (const { status } of streams) byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
  const statuses = [...byStatus].map(([status, count]) => `${count} ${status}`).join(', ')
  return [
    counted(connections.length, 'connection'),
    `${counted(streams.length, 'stream')}${statuses === '' ? '' : ` (${statuses})`}`,
  ]
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
