import {
  type Channel,
  ConnectionState,
  type FeedMessage,
  type Instrument,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import { CliError } from '../../cli-error.js'
import { orAborted, untilOver } from '../../wait.js'
import { type CheckResult, runCheck, skippedCheck } from './check.js'

export interface SessionCheckOptions {
  readonly signal: AbortSignal
  /** How long the first message may take, ms; default 15,000. */
  readonly firstMessageMs?: number
}

/** The channel of a busy pair that is never quiet for long. */
const channel: Channel = 'book_ticker'

export const sessionCheckNames = ['handshake', 'subscribe', 'first data'] as const

/** One real session: connected, acknowledged, and with data. What follows a failure is skipped. */
export async function* sessionChecks(
  strategies: WebSocketStrategySet,
  pair: Instrument,
  { signal, firstMessageMs = 15_000 }: SessionCheckOptions,
): AsyncGenerator<CheckResult> {
  const connected = new AbortController()
  const received = new AbortController()
  let first: FeedMessage | null = null
  const manager = new WebSocketManager({
    strategies,
    config: { maxReconnectAttempts: 0, connectTimeoutMs: 10_000, acknowledgementTimeoutMs: 10_000 },
    onConnectionState: ({ state }) => {
      if (state === ConnectionState.Connected) connected.abort()
    },
    onMessage: (message) => {
      if (message.channel !== channel) return
      first ??= message
      received.abort()
    },
  })
  const initialized = manager.initialize({ symbols: [pair], channels: [channel] })
  const steps = [
    async () => {
      await Promise.race([untilOver(null, AbortSignal.any([connected.signal, signal])), initialized])
      return 'the server speaks WebSocket'
    },
    async () => {
      await initialized
      return `${channel} of ${pair.name} acknowledged`
    },
    async () => {
      await untilOver(firstMessageMs, AbortSignal.any([received.signal, signal]))
      if (first === null) throw silent(pair, firstMessageMs)
      return `${channel} of ${pair.name} arrived`
    },
  ]
  try {
    let failed: string | null = null
    for (const [index, name] of sessionCheckNames.entries()) {
      const step = steps[index]!
      const result: CheckResult =
        failed === null
          ? await runCheck(name, signal, () => orAborted(step(), signal))
          : skippedCheck(name, `${failed} failed`)
      if (result.status === 'failed') failed ??= name
      yield result
    }
  } finally {
    initialized.catch(() => {})
    await manager.close()
  }
}

function silent(pair: Instrument, waitedMs: number): CliError {
  return new CliError(
    'ERR_FIRST_MESSAGE_TIMEOUT',
    `Nothing arrived for ${pair.name} within ${waitedMs / 1000} s`,
    'The pair may be quiet or delisted: try a busier one with --symbol.',
  )
}
