import { StreamError } from '../errors/stream-error.js'
import type { ConnectionContext } from '../strategy/connection-strategy.js'
import type { Transport } from '../strategy/transport.js'
import { abortable } from './abortable.js'
import type { ConnectionOptions } from './connection-options.js'

/**
 * One attempt: context, connection and authentication, all within `connectTimeoutMs`. Whatever it has begun when it fails or `life` ends, it ends.
 * `onContext` gets the context before the connection is tried.
 */
export async function connectOnce(
  { strategy, clock, connectTimeoutMs }: Pick<ConnectionOptions, 'strategy' | 'clock' | 'connectTimeoutMs'>,
  life: AbortSignal,
  onContext: (context: ConnectionContext) => void,
): Promise<{ readonly transport: Transport; readonly context: ConnectionContext }> {
  const attempt = new AbortController()
  const timer = clock.setTimer(connectTimeoutMs, () => attempt.abort(tooLate(connectTimeoutMs)))
  const signal = AbortSignal.any([attempt.signal, life])
  try {
    const context = await abortable(strategy.context(signal), signal)
    onContext(context)
    const transport = await abortable(strategy.connect(context, signal), signal, (late) => late.terminate())
    try {
      await abortable(strategy.authenticate(transport, context, signal), signal)
    } catch (thrown) {
      transport.terminate()
      throw thrown
    }
    return { transport, context }
  } finally {
    timer.cancel()
  }
}

function tooLate(connectTimeoutMs: number): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', `No connection within ${connectTimeoutMs} ms.`, {
    hint: 'Raise connectTimeoutMs, or look at the network between here and the exchange.',
  })
}
