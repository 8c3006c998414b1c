import type { Clock } from '../../clock/clock.js'
import { within } from '../../clock/within.js'
import { redactText } from '../../errors/redact.js'
import { StreamError } from '../../errors/stream-error.js'
import { commonRefusalOf } from '../../model/common-refusal.js'
import type { InboundFrame } from '../../model/inbound-frame.js'
import type { ParsedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import type { ConnectionContext, LoginRequestOptions, LoginSession } from '../../strategy/connection-strategy.js'
import type { MessageParser } from '../../strategy/message-parser.js'
import { many, readFrame } from '../../strategy/read-frame.js'
import type { Transport, TransportClose } from '../../strategy/transport.js'
import { invalidStrategy } from '../strategy-fault.js'

/** How long an answer may take where nothing else is said, ms. */
const defaultTimeoutMs = 10_000

/** So much may arrive before we are let in: greetings and notices, not a feed. */
const maxKeptBytes = 1024 * 1024
const maxKeptFrames = 1_000

/** A word of a request as long as this may be a key or a signature. */
const longWord = /[\w+/=.-]{12,}/g

export interface LoginParts {
  readonly context: ConnectionContext
  readonly transport: Transport
  readonly parser: MessageParser
  readonly clock: Clock
  readonly nextRequestId: () => number
  /** Ends the login with its reason. */
  readonly signal: AbortSignal
  /** The connection ended; returns the error for it. */
  onEnded(close: TransportClose): StreamError
}

interface Waiter {
  readonly match: (message: ParsedMessage) => boolean
  readonly resolve: (message: ParsedMessage) => void
  readonly reject: (reason: StreamError) => void
}

/** A frame that was not all answer, copied. */
export interface KeptFrame {
  readonly frame: InboundFrame
  /** What of it has had no effect yet; null for data, which is still unread. */
  readonly messages: readonly ParsedMessage[] | null
}

/** What happens on a connection between its opening and the moment the exchange knows who we are. Listens to the transport until another does. */
export class Login {
  readonly session: LoginSession
  readonly #parts: LoginParts
  readonly #over = new AbortController()
  /** Aborted when the login is not wanted any more, or cannot succeed because the connection has ended. */
  readonly signal: AbortSignal
  readonly #waiters = new Set<Waiter>()
  readonly #kept: KeptFrame[] = []
  #keptBytes = 0

  constructor(parts: LoginParts) {
    this.#parts = parts
    this.signal = AbortSignal.any([parts.signal, this.#over.signal])
    this.session = {
      context: parts.context,
      nextRequestId: parts.nextRequestId,
      send: (payload) => void parts.transport.send(payload),
      request: (payload, options) => {
        const answer = this.#request(payload, options)
        // Whoever does not wait for an answer is not to end the process by its refusal.
        answer.catch(() => {})
        return answer
      },
    }
    parts.transport.listen({
      onFrame: (frame) => this.#onFrame(frame),
      onPong: () => {},
      onClose: (close) => {
        if (!this.signal.aborted) this.#over.abort(parts.onEnded(close))
      },
    })
  }

  /** The login has failed: whatever else happens on the connection is nobody's. */
  giveUp(): void {
    this.#over.abort(new StreamError('ERR_AUTHENTICATION_FAILED', 'The login has failed.'))
  }

  /** The frames that were no answer, in order. */
  get kept(): readonly KeptFrame[] {
    return this.#kept
  }

  async #request(
    payload: string | Uint8Array,
    { match = isAnswer, timeoutMs = defaultTimeoutMs }: LoginRequestOptions = {},
  ): Promise<ParsedMessage> {
    const { transport, clock, context } = this.#parts
    const timeoutError = (): StreamError => noAnswer(timeoutMs)
    const limits = { clock, signal: this.signal, timeoutMs, timeoutError }
    const answer = await within(limits, (signal) => {
      transport.send(payload)
      return this.#awaitAnswer(match, signal)
    })
    const refusal = refusalOf(answer)
    if (refusal === null) return answer
    throw refused(refusal, (text) => redact(text, context, payload))
  }

  #awaitAnswer(match: Waiter['match'], signal: AbortSignal): Promise<ParsedMessage> {
    return new Promise<ParsedMessage>((resolve, reject) => {
      const waiter: Waiter = { match, resolve, reject }
      this.#waiters.add(waiter)
      signal.addEventListener('abort', () => {
        this.#waiters.delete(waiter)
        reject(signal.reason)
      })
    })
  }

  /** Every frame is read once, here or by whom it is handed on to: a parser that remembers what it has read must not read it twice. */
  #onFrame(frame: InboundFrame): void {
    if (this.signal.aborted) return
    if (!this.#isControl(frame)) {
      this.#keep(frame, null)
      return
    }
    const unused = many(readFrame(this.#parts.parser, frame)).filter((message) => !this.#use(message))
    if (unused.length > 0) this.#keep(frame, unused)
  }

  #isControl(frame: InboundFrame): boolean {
    try {
      return this.#parts.parser.peek(frame) === 'control'
    } catch {
      return false
    }
  }

  /** Whether the message has had its effect and need not be handed on. One that breaks while it takes effect is reported by whom it is handed on to. */
  #use(message: ParsedMessage): boolean {
    if (message.type === MessageType.Heartbeat) return this.#answer(message.data.reply)
    for (const waiter of this.#waiters) {
      if (!matches(waiter, message)) continue
      this.#waiters.delete(waiter)
      waiter.resolve(message)
      return true
    }
    return false
  }

  #answer(reply: string | null): boolean {
    try {
      if (reply !== null) this.#parts.transport.send(reply)
      return true
    } catch {
      return false
    }
  }

  #keep({ bytes, start, end, isBinary, receivedAt }: InboundFrame, messages: KeptFrame['messages']): void {
    const copy = Buffer.from(bytes.subarray(start, end))
    this.#kept.push({ frame: { bytes: copy, start: 0, end: copy.length, isBinary, receivedAt }, messages })
    this.#keptBytes += copy.length
    if (this.#keptBytes <= maxKeptBytes && this.#kept.length <= maxKeptFrames) return
    this.#over.abort(
      new StreamError('ERR_PROTOCOL_VIOLATION', 'The exchange sent a feed before it had answered the login.', {
        context: { Frames: this.#kept.length, Bytes: this.#keptBytes },
      }),
    )
  }
}

/** What the strategy says of it. Where that fails, its request has. */
function matches({ match, reject }: Waiter, message: ParsedMessage): boolean {
  try {
    return match(message)
  } catch (thrown) {
    reject(invalidStrategy('The adapter failed in match() of a login.', thrown))
    return false
  }
}

/** An answer where the strategy does not say what one is. */
function isAnswer({ type, data }: ParsedMessage): boolean {
  if (type === MessageType.Error) return (data as { readonly code: string }).code !== 'ERR_MALFORMED_FRAME'
  return type === MessageType.Reply || type === MessageType.SubscriptionConfirm
}

interface Refusal {
  readonly code?: 'ERR_AUTHENTICATION_FAILED' | 'ERR_CLOCK_SKEW' | 'ERR_RATE_LIMITED'
  readonly exchangeCode: string | null
  readonly reason: string | null
}

/** Why the answer lets us not in; null where it does. */
function refusalOf(answer: ParsedMessage): Refusal | null {
  switch (answer.type) {
    case MessageType.Reply:
      return answer.data.ok ? null : answer.data
    case MessageType.SubscriptionConfirm:
      return commonRefusalOf(answer.data) ?? answer.data.rejected[0] ?? null
    case MessageType.Error: {
      const { code, message, failure } = answer.data
      return {
        exchangeCode: code,
        reason: message,
        ...(failure === 'rate-limited' ? { code: 'ERR_RATE_LIMITED' as const } : {}),
      }
    }
    default:
      return null
  }
}

function refused({ code, exchangeCode, reason }: Refusal, redacted: (text: string) => string): StreamError {
  return new StreamError(code ?? 'ERR_AUTHENTICATION_FAILED', 'The exchange did not accept our login.', {
    context: {
      ...(exchangeCode === null ? {} : { 'Exchange code': redacted(exchangeCode) }),
      ...(reason === null || reason === '' ? {} : { Reason: redacted(reason) }),
    },
    hint: 'Check the key, its permissions and its IP whitelist.',
  })
}

/** Exchanges like to repeat what they were told. */
function redact(text: string, { url, headers, authParams }: ConnectionContext, payload: string | Uint8Array): string {
  const words = typeof payload === 'string' ? (payload.match(longWord) ?? []) : []
  return redactText(text, url, { ...headers, ...authParams, ...words })
}

function noAnswer(timeoutMs: number): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', `The exchange did not answer a login within ${timeoutMs} ms.`)
}
