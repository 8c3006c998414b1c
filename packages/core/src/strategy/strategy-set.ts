import { resolveSocketSettings, type SocketOptions } from '../config/endpoint-options.js'
import { StreamError } from '../errors/stream-error.js'
import { alertKinds } from '../model/alert.js'
import type { AccountLook } from './account-look.js'
import { type BackfillRules, findBackfillFaults } from './backfill.js'
import { type BookRules, findBookRuleFaults } from './book-rules.js'
import type { ConnectionStrategy, ReconnectionPolicy } from './connection-strategy.js'
import type { ExchangeLimits } from './exchange-limits.js'
import type { GapOutcomeOf } from './gap-outcome.js'
import type { MessageParser } from './message-parser.js'
import type { SubscriptionStrategy } from './subscription-strategy.js'

/** The version of the contract between this core and an adapter: raised whenever an adapter written for the one before would not work any more. */
export type ContractVersion = 2

export const contractVersion: ContractVersion = 2

/** What a set is built from. */
export interface StrategySetParts {
  /** The version of the contract that the adapter was written for, as a literal. */
  readonly contract: ContractVersion
  /** The exchange's name, for errors, logs and metrics: `acme_spot`. */
  readonly exchange: string
  readonly connectionStrategy: ConnectionStrategy
  readonly subscriptionStrategy: SubscriptionStrategy
  readonly messageParser: MessageParser
  readonly limits: ExchangeLimits
  /** How this exchange keeps an order book true; without rules no books are kept. */
  readonly bookRules?: BookRules | null
  /** How what a stream missed is fetched over REST; without rules it is told as lost. */
  readonly backfill?: BackfillRules | null
  /** Says how a gap of a stream ended, where these strategies know; without it every gap is made up for by `backfill`, or is not. */
  readonly gapOutcome?: GapOutcomeOf | null
  /** How the user wants sockets opened and REST called; comes before what the manager was told. */
  readonly socket?: SocketOptions | null
}

const requiredMethods = {
  connectionStrategy: ['context', 'connect', 'shouldReconnect'],
  subscriptionStrategy: ['plan', 'createSubscriptionMessages'],
  messageParser: ['parse', 'peek'],
} as const

/** Of the connection strategy: each may be missing. */
const optionalMethods = ['authenticate', 'heartbeat', 'classify', 'maintain', 'lookOnceMore', 'release'] as const

/**
 * The three strategies of one exchange, checked once when built and free of any cost afterwards.
 * Throws `ERR_INVALID_STRATEGY`, naming everything that is missing or wrong, and `ERR_UNSUPPORTED_OPTION` for socket options that cannot be.
 */
export class WebSocketStrategySet {
  readonly contract: ContractVersion
  readonly exchange: string
  readonly connectionStrategy: ConnectionStrategy
  readonly subscriptionStrategy: SubscriptionStrategy
  readonly messageParser: MessageParser
  readonly limits: ExchangeLimits
  readonly bookRules: BookRules | null
  readonly backfill: BackfillRules | null
  readonly gapOutcome: GapOutcomeOf | null
  readonly socket: SocketOptions | null

  constructor(parts: StrategySetParts) {
    if (parts?.contract !== undefined && parts.contract !== contractVersion) throw wrongContract(parts)
    const faults = [...findFaults(parts ?? {})]
    if (faults.length > 0) {
      throw new StreamError('ERR_INVALID_STRATEGY', `The strategy set cannot be used: ${faults.join('; ')}.`, {
        hint: 'Give all three strategies, each with every method of its interface.',
      })
    }
    resolveSocketSettings(parts.socket ?? null)
    this.contract = parts.contract
    this.exchange = parts.exchange
    this.connectionStrategy = parts.connectionStrategy
    this.subscriptionStrategy = parts.subscriptionStrategy
    this.messageParser = parts.messageParser
    this.limits = parts.limits
    this.bookRules = parts.bookRules ?? null
    this.backfill = parts.backfill ?? null
    this.gapOutcome = parts.gapOutcome ?? null
    this.socket = parts.socket ?? null
  }
}

function* findFaults(parts: StrategySetParts): Generator<string> {
  if (parts.contract !== contractVersion) yield `contract is not ${contractVersion}, the version of this core`
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
  for (const method of optionalMethods) {
    if (parts.connectionStrategy && !['undefined', 'function'].includes(typeof parts.connectionStrategy[method]))
      yield `connectionStrategy.${method} is not a function`
  }
  if (parts.connectionStrategy?.accountLook !== undefined) yield* findLookFaults(parts.connectionStrategy.accountLook)
  const { alertAdvice } = parts.connectionStrategy ?? {}
  if (alertAdvice !== undefined) yield* findAdviceFaults(alertAdvice)
  if (parts.connectionStrategy) yield* findPolicyFaults(parts.connectionStrategy.reconnectionPolicy)
  yield* findLimitFaults(parts.limits ?? {})
  if (parts.bookRules !== undefined && parts.bookRules !== null) yield* findBookRuleFaults(parts.bookRules)
  if (parts.backfill !== undefined && parts.backfill !== null) yield* findBackfillFaults(parts.backfill)
  if (parts.gapOutcome !== undefined && parts.gapOutcome !== null && typeof parts.gapOutcome !== 'function')
    yield 'gapOutcome is not a function'
}

function* findLimitFaults(limits: Partial<ExchangeLimits>): Generator<string> {
  if (!isAtLeast(1, limits.streamsPerConnection)) yield 'limits.streamsPerConnection is not at least 1'
  if (!isAtLeast(0, limits.streamHeadroom)) yield 'limits.streamHeadroom is not at least 0'
  if (!isAtLeast(Number.MIN_VALUE, limits.clientMessagesPerSecond))
    yield 'limits.clientMessagesPerSecond is not above 0'
  if (!isAtLeast(Number.MIN_VALUE, limits.connectionLifetimeMs)) yield 'limits.connectionLifetimeMs is not above 0'
  const { connectionsPerAddress = 1, connectionsPerKey = 1 } = limits
  if (!isAtLeast(1, connectionsPerAddress)) yield 'limits.connectionsPerAddress is not at least 1'
  if (!isAtLeast(1, connectionsPerKey)) yield 'limits.connectionsPerKey is not at least 1'
}

/** What is missing here would come out as a delay that is not a number, which a timer takes for none. */
function* findPolicyFaults(policy: Partial<ReconnectionPolicy> | undefined): Generator<string> {
  const least = { maxAttempts: 0, initialDelayMs: 0, backoffFactor: 1, maxDelayMs: 0 }
  for (const [field, minimum] of Object.entries(least)) {
    if (!isAtLeast(minimum, policy?.[field as keyof typeof least]))
      yield `connectionStrategy.reconnectionPolicy.${field} is not at least ${minimum}`
  }
}

function* findLookFaults(look: Partial<AccountLook> | null): Generator<string> {
  if (!isAtLeast(0, look?.intervalMs)) yield 'connectionStrategy.accountLook.intervalMs is not at least 0'
  if (typeof look?.latestExecutions !== 'function')
    yield 'connectionStrategy.accountLook.latestExecutions is not a function'
}

function* findAdviceFaults(advice: unknown): Generator<string> {
  if (typeof advice !== 'object' || advice === null) {
    yield 'connectionStrategy.alertAdvice is no object'
    return
  }
  for (const [kind, text] of Object.entries(advice)) {
    if (!(alertKinds as readonly string[]).includes(kind))
      yield `connectionStrategy.alertAdvice.${kind} is no kind of alert`
    else if (typeof text !== 'string' || text === '') yield `connectionStrategy.alertAdvice.${kind} says nothing`
  }
}

function isAtLeast(minimum: number, value: unknown): boolean {
  return typeof value === 'number' && value >= minimum
}

/** An adapter of another time: refused here, once, and not somewhere on the way of a message. */
function wrongContract({ exchange, contract }: StrategySetParts): StreamError {
  return new StreamError(
    'ERR_INVALID_STRATEGY',
    `The adapter of ${exchange} is written for version ${contract} of the strategy contract; this core has version ${contractVersion}.`,
    { hint: 'Install the adapter and @tapewire/core in versions that fit each other.' },
  )
}

/**
 * Throws `ERR_INVALID_STRATEGY` for an object that was not built as a set. By what it holds and not by its class: an adapter may bring another copy of core.
 */
export function assertStrategySet(strategies: WebSocketStrategySet): void {
  const faults = [...findFaults(strategies)]
  // A set has both, if only as null.
  if (strategies.bookRules === undefined || strategies.socket === undefined) faults.push('it was never built')
  if (faults.length === 0) return
  throw new StreamError('ERR_INVALID_STRATEGY', `The strategies are no WebSocketStrategySet: ${faults.join('; ')}.`, {
    hint: 'Call public() or private() of a definition, or build a set by new WebSocketStrategySet().',
  })
}

/** What managers have of sets: these two parts have state of their own, and serve one manager. A connection strategy may be shared. */
const claimed = new WeakSet<SubscriptionStrategy | MessageParser>()

/** Takes a set for one manager. Throws `ERR_STRATEGIES_IN_USE` where another has it or had, or another set with the same subscription strategy or parser. */
export function claimStrategies({ exchange, subscriptionStrategy, messageParser }: WebSocketStrategySet): void {
  const parts = Object.entries({ subscriptionStrategy, messageParser })
  const taken = parts.filter(([, part]) => claimed.has(part)).map(([name]) => name)
  if (taken.length > 0) {
    throw new StreamError(
      'ERR_STRATEGIES_IN_USE',
      `The ${taken.join(' and ')} of this strategy set of ${exchange} ${taken.length === 1 ? 'belongs' : 'belong'} to another manager.`,
      {
        hint: 'Make a set for each manager: call public() or private() of the definition again.',
      },
    )
  }
  for (const [, part] of parts) claimed.add(part)
}
