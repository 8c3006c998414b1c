import {
  type Channel,
  ConnectionState,
  type FeedMessage,
  type Instrument,
  WebSocketManager,
  type WebSocketStrategySet,
} from '@tapewire/core'
import { abortable } from '@tapewire/core/adapter'
import { CliError } from '../../cli-error.js'
import { untilOver } from '../../wait.js'
import { type CheckResult, runCheck, skippedCheck } from './check.js'
import { watchStream } from './watch-stream.js'

/** What is subscribed, and how long it may take. */
export interface SessionCheckOptions {
  readonly instrument: Instrument
  readonly channel: Channel
  readonly signal: AbortSignal
  /** How long the first message may take, ms; default 15,000. */
  readonly firstMessageMs?: number
  /** How long the stream is watched afterwards, ms; null where it is not. */
  readonly watchMs?: number | null
}

/** The checks of a session, in their order. */
export function sessionCheckNames(watchMs: number | null): readonly string[] {
  return ['handshake', 'subscribe', 'first data', ...(watchMs === null ? [] : ['watch'])]
}

/** One real session: connected, acknowledged, and with data. What follows a failure is skipped. */
export async function* sessionChecks(
  strategies: WebSocketStrategySet,
  { instrument, channel, signal, firstMessageMs = 15_000, watchMs = null }: SessionCheckOptions,
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
    // What is wrong shows in a check, which says it once.
    onError: () => {},
    onMessage: (message) => {
      if (message.channel !== channel) return
      first ??= message
      received.abort()
    },
  })
  const initialized = manager.initialize({ symbols: [instrument], channels: [channel] })
  const steps = [
    async () => {
      await Promise.race([untilOver(null, AbortSignal.any([connected.signal, signal])), initialized])
      return 'the server speaks WebSocket'
    },
    async () => {
      await initialized
      return `${channel} of ${instrument.name} acknowledged`
    },
    async () => {
      await untilOver(firstMessageMs, AbortSignal.any([received.signal, signal]))
      if (first === null) throw silent(instrument, firstMessageMs)
      return `${channel} of ${instrument.name} arrived`
    },
    () => watchStream(manager, watchMs ?? 0, signal),
  ]
  try {
    let failed: string | null = null
    for (const [index, name] of sessionCheckNames(watchMs).entries()) {
      const step = steps[index]!
      const result: CheckResult =
        failed === null
          ? await runCheck(name, signal, () => abortable(step(), signal))
          : skippedCheck(name, `${failed} failed`)
      if (result.status === 'failed') failed ??= name
      yield result
    }
  } finally {
    initialized.catch(() => {})
    await manager.close()
  }
}

function silent(instrument: Instrument, waitedMs: number): CliError {
  return new CliError(
    'ERR_FIRST_MESSAGE_TIMEOUT',
    `Nothing arrived for ${instrument.name} within ${waitedMs / 1000} s`,
    'The instrument may be quiet or delisted: try a busier one with --symbol.',
  )
}
