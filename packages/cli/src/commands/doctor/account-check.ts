import { type Channel, WebSocketManager, type WebSocketStrategySet } from '@tapewire/core'

/** Whether the exchange accepts the key: logs in, and has every channel of the account acknowledged. Rejects as `initialize` does, with what the exchange said. */
export async function checkAccount(
  strategies: WebSocketStrategySet,
  channels: readonly Channel[],
  signal: AbortSignal,
): Promise<string> {
  const manager = new WebSocketManager({
    strategies,
    config: { maxReconnectAttempts: 0, connectTimeoutMs: 10_000, acknowledgementTimeoutMs: 10_000 },
    // What is wrong is what the start rejects with.
    onError: () => {},
  })
  try {
    await manager.initialize({ symbols: [], channels, signal })
    return `the key is accepted, for ${channels.join(', ')}`
  } finally {
    await manager.close()
  }
}
