/** The life of one connection. */
export const ConnectionState = {
  Disconnected: 'disconnected',
  Connecting: 'connecting',
  Connected: 'connected',
  Reconnecting: 'reconnecting',
  Error: 'error',
  Closing: 'closing',
  Closed: 'closed',
} as const

export type ConnectionState = (typeof ConnectionState)[keyof typeof ConnectionState]

/** Which state may follow which. `closed` is final. */
export const connectionTransitions: Readonly<Record<ConnectionState, readonly ConnectionState[]>> = {
  disconnected: ['connecting', 'closing'],
  connecting: ['connected', 'reconnecting', 'error', 'closing'],
  connected: ['reconnecting', 'error', 'closing'],
  reconnecting: ['connected', 'error', 'closing'],
  error: ['reconnecting', 'closing', 'closed'],
  closing: ['closed'],
  closed: [],
}

export function canTransition(from: ConnectionState, to: ConnectionState): boolean {
  return connectionTransitions[from].includes(to)
}
