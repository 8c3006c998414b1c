import { StreamError } from '../errors/stream-error.js'
import type { BookRules } from './book-rules.js'
import type { ConnectionStrategy, ReconnectionPolicy } from './connection-strategy.js'
import type { ExchangeLimits } from './exchange-definition.js'
import type { MessageParser } from './message-parser.js'
import type { SubscriptionStrategy } from './subscription-strategy.js'

/** What a set is built from. */
export interface StrategySetParts {
  /** The exchange's name, for errors, logs and metrics: `acme_spot`. */
  readonly exchange: string
  readonly connectionStrategy: ConnectionStrategy
  readonly subscriptionStrategy: SubscriptionStrategy
  readonly messageParser: MessageParser
  readonly limits: ExchangeLimits
  /** How this exchange keeps an order book true; without rules no books are kept. */
  readonly bookRules?: BookRules | null
}

const requiredMethods = {
  connectionStrategy: ['context', 'connect', 'authenticate', 'heartbeat', 'shouldReconnect'],
  subscriptionStrategy: ['plan', 'createSubscriptionMessages'],
  messageParser: ['parse', 'isControl'],
} as const

/**
 * The three strategies of one exchange, checked once when built and free of any cost afterwards.
 * Throws `ERR_INVALID_STRATEGY`, naming everything that is missing.
 */
export class WebSocketStrategySet {
  readonly exchange: string
  readonly connectionStrategy: ConnectionStrategy
  readonly subscriptionStrategy: SubscriptionStrategy
  readonly messageParser: MessageParser
  readonly limits: ExchangeLimits
  readonly bookRules: BookRules | null

  constructor(parts: StrategySetParts) {
    const faults = [...findFaults(parts ?? {})]
    if (faults.length > 0) {
      throw new StreamError('ERR_INVALID_STRATEGY', `The strategy set cannot be used: ${faults.join('; ')}.`, {
        hint: 'Give all three strategies, each with every method of its interface.',
      })
    }
    this.exchange = parts.exchange
    this.connectionStrategy = parts.connectionStrategy
    this.subscriptionStrategy = parts.subscriptionStrategy
    this.messageParser = parts.messageParser
    this.limits = parts.limits
    this.bookRules = parts.bookRules ?? null
  }
}

function* findFaults(parts: StrategySetParts): Generator<string> {
  if (typeof parts.exchange !== 'string' || parts.exchange === '') yield 'exchange has no name'
  for (const [part, methods] of Object.entries(requiredMethods)) {
    const strategy = parts[part as keyof typeof requiredMethods] as unknown as
      | Record<string, unknown>
      | null
      | undefined
    if (strategy === null || typeof strategy !== 'object') {
      yield `${part} is missing`
      continue
    }
    for (const method of methods) {
      if (typeof strategy[method] !== 'function') yield `${part}.${method} is not a function`
    }
  }
  if (parts.connectionStrategy) yield* findPolicyFaults(parts.connectionStrategy.reconnectionPolicy)
  const limits: Partial<ExchangeLimits> = parts.limits ?? {}
  if (!isAtLeast(1, limits.streamsPerConnection)) yield 'limits.streamsPerConnection is not at least 1'
  if (!isAtLeast(0, limits.streamHeadroom)) yield 'limits.streamHeadroom is not at least 0'
  if (!isAtLeast(Number.MIN_VALUE, limits.clientMessagesPerSecond))
    yield 'limits.clientMessagesPerSecond is not above 0'
}

/** What is missing here would come out as a delay that is not a number, which a timer takes for none. */
function* findPolicyFaults(policy: Partial<ReconnectionPolicy> | undefined): Generator<string> {
  const least = { maxAttempts: 0, initialDelayMs: 0, backoffFactor: 1, maxDelayMs: 0 }
  for (const [field, minimum] of Object.entries(least)) {
    if (!isAtLeast(minimum, policy?.[field as keyof typeof least]))
      yield `connectionStrategy.reconnectionPolicy.${field} is not at least ${minimum}`
  }
}

function isAtLeast(minimum: number, value: unknown): boolean {
  return typeof value === 'number' && value >= minimum
}
