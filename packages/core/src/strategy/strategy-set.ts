import { StreamError } from '../errors/stream-error.js'
import type { ConnectionStrategy } from './connection-strategy.js'
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
export class WebSocketStrategySet implements StrategySetParts {
  readonly exchange: string
  readonly connectionStrategy: ConnectionStrategy
  readonly subscriptionStrategy: SubscriptionStrategy
  readonly messageParser: MessageParser
  readonly limits: ExchangeLimits

  constructor(parts: StrategySetParts) {
    const faults = [...findFaults(parts)]
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
  const policy = parts.connectionStrategy?.reconnectionPolicy
  if (
    parts.connectionStrategy &&
    (policy === undefined || !(policy.maxAttempts >= 0) || !(policy.backoffFactor >= 1))
  ) {
    yield 'connectionStrategy.reconnectionPolicy needs maxAttempts >= 0 and backoffFactor >= 1'
  }
  if (parts.limits === undefined || !(parts.limits.streamsPerConnection >= 1)) {
    yield 'limits.streamsPerConnection is not at least 1'
  }
}
