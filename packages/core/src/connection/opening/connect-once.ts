import { abortable } from '../../clock/abortable.js'
import { within } from '../../clock/within.js'
import { StreamError } from '../../errors/stream-error.js'
import type { ConnectionContext, ConnectionStrategy } from '../../strategy/connection-strategy.js'
import type { MessageParser } from '../../strategy/message-parser.js'
import type { Transport, TransportClose } from '../../strategy/transport.js'
import type { ConnectionOptions } from '../connection-options.js'
import { askStrategy, invalidStrategy } from '../strategy-fault.js'
import { checkContext } from './check-context.js'
import { type KeptFrame, Login, type LoginParts } from './login.js'

/** Who hears of an attempt while it is under way. */
export interface AttemptListener {
  /** The context, before the connection is tried. */
  onContext(context: ConnectionContext): void
  /** The connection ended before we were let in; returns the error that the attempt ends with. */
  onEnded(close: TransportClose): StreamError
}

/** An open connection, and the frames that arrived while we were let in, in order; more may be added until somebody listens to the transport. */
export interface OpenedConnection {
  readonly transport: Transport
  /** Reads what the transport brings, and has read what came so far; to be ended by whoever has it. */
  readonly parser: MessageParser
  readonly context: ConnectionContext
  readonly kept: readonly KeptFrame[]
}

/**
 * One attempt: context, connection and, where the context asks for it, authentication, all within `connectTimeoutMs`. Whatever it has begun when it fails or `life`
 * ends, it ends. Rejects with `ERR_INVALID_STRATEGY` where the strategy's own code failed, or a field of its context is not what it must be.
 */
export function connectOnce(
  options: Pick<
    ConnectionOptions,
    'strategy' | 'parsers' | 'lane' | 'tap' | 'env' | 'connectTimeoutMs' | 'nextRequestId'
  >,
  life: AbortSignal,
  listener: AttemptListener,
): Promise<OpenedConnection> {
  const { strategy, parsers, lane, tap, env, nextRequestId, connectTimeoutMs: timeoutMs } = options
  const onEnded = (close: TransportClose): StreamError => listener.onEnded(close)
  const limits = { clock: env.clock, signal: life, timeoutMs, timeoutError: () => tooLate(timeoutMs) }
  return within(limits, async (signal) => {
    const attemptEnv = { ...env, signal }
    const context: ConnectionContext = await abortable(
      askStrategy('context', () => strategy.context(attemptEnv, lane)),
      signal,
    )
    checkContext(context)
    listener.onContext(context)
    const bare = await abortable(
      askStrategy('connect', () => strategy.connect(context, attemptEnv)),
      signal,
      (late) => late?.terminate(),
    )
    if (typeof bare?.listen !== 'function') throw invalidStrategy('connect() resolved with no transport.')
    const transport = tap.through(bare, context)
    let parser: MessageParser | null = null
    try {
      parser = await askStrategy('forConnection', async () => parsers.begin())
      const kept = context.authRequired
        ? await logIn(strategy, { context, transport, parser, clock: env.clock, nextRequestId, signal, onEnded }, env)
        : []
      transport.loggedIn()
      return { transport, parser, context, kept }
    } catch (thrown) {
      if (parser !== null) parsers.end(parser)
      transport.terminate()
      throw thrown
    }
  })
}

async function logIn(
  strategy: ConnectionStrategy,
  parts: LoginParts,
  env: ConnectionOptions['env'],
): Promise<readonly KeptFrame[]> {
  if (strategy.authenticate === undefined)
    throw invalidStrategy('The context says authRequired, but there is no authenticate().')
  const login = new Login(parts)
  const loginEnv = { ...env, signal: login.signal }
  try {
    await abortable(
      askStrategy('authenticate', async () => strategy.authenticate?.(login.session, loginEnv)),
      login.signal,
    )
    return login.kept
  } catch (thrown) {
    login.giveUp()
    throw thrown
  }
}

function tooLate(connectTimeoutMs: number): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', `No connection within ${connectTimeoutMs} ms.`, {
    hint: 'Raise connectTimeoutMs, or look at the network between here and the exchange.',
  })
}
