import { createHash } from 'node:crypto'
import { type ChannelMessage, type DataMessage, MessageType, type OrderData } from '@tapewire/core'

/** Contents of which it is remembered how often they came. An account tells a few of them in any one millisecond. */
const rememberedContents = 4_096

/** Characters of an id: 132 bits, so that two events of one account never share one by chance. */
const idLength = 22

/** What an event is, as far as its own contents tell. */
interface Content {
  readonly facts: readonly unknown[]
  /** Whether another event may have the very same contents, so that only counting tells them apart. */
  readonly canRepeat: boolean
}

/**
 * What each event of an account is known by: the same from every relay that watches the account, so that whichever publishes it first is the one that is stored. An id is a hash of
 * what the event is, and holds nothing secret.
 *
 * - an execution: its instrument, order and id
 * - a state of an order: the order, how far it has come, what it asks for, and when it changed
 * - balances: all they say, and when. The same said twice of one moment is two events, told apart by counting
 *
 * What an exchange dates in no way cannot be recognised between two relays: its id is this relay's own.
 */
export class EventIdentity {
  readonly #subject: string
  readonly #counts = new Map<string, number>()

  /** `subject` tells the exchange, channel and account. */
  constructor(subject: string) {
    this.#subject = subject
  }

  /** The id of the next event of the subject; `ownName` tells it from everything else that this relay and others publish there. */
  of(message: DataMessage, ownName: string): string {
    const content = contentOf(message)
    if (content === null) return this.own(ownName)
    const facts = JSON.stringify([this.#subject, ...content.facts])
    return shortHash(content.canRepeat ? `${facts} ${this.#count(facts)}` : facts)
  }

  /** The id of something that is this relay's own to tell: a gap, a state. */
  own(ownName: string): string {
    return shortHash(JSON.stringify([this.#subject, 'own', ownName]))
  }

  /** How often these contents have come, this time included. */
  #count(facts: string): number {
    const count = (this.#counts.get(facts) ?? 0) + 1
    this.#counts.delete(facts)
    this.#counts.set(facts, count)
    if (this.#counts.size > rememberedContents) {
      const [oldest] = this.#counts.keys()
      if (oldest !== undefined) this.#counts.delete(oldest)
    }
    return count
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, idLength)
}

/** Null where nothing says when it happened, and it may happen again. */
function contentOf(message: DataMessage): Content | null {
  switch (message.type) {
    case MessageType.Trade:
      return { facts: [message.symbol.name, message.data.orderId, message.data.id], canRepeat: false }
    case MessageType.Order:
      return contentOfOrder(message)
    case MessageType.Balance:
      return contentOfBalances(message)
    default:
      return null
  }
}

function contentOfOrder({ symbol, data, exchangeTime }: ChannelMessage<'orders'>): Content | null {
  // When it was pushed or fetched is not the order's own: one that was fetched over REST is the same state.
  const time = data.updatedAt ?? exchangeTime
  if (time === null && !hasEnded(data)) return null
  const { id, status, filledSize, price, size, triggerPrice } = data
  const amounts = [filledSize, price, size, triggerPrice].map(plain)
  return { facts: [symbol.name, id, status, ...amounts, time], canRepeat: false }
}

function contentOfBalances({ data, exchangeTime, sequence }: ChannelMessage<'balances'>): Content | null {
  const isDated = data.every(({ time }) => time !== null)
  if (!isDated && exchangeTime === null && sequence === null) return null
  const rows = data.map(({ asset, free, locked, total, change, freeChange, reason, time }) => [
    asset,
    ...[free, locked, total, change, freeChange].map(plain),
    reason,
    time,
  ])
  return { facts: [rows, isDated ? null : exchangeTime, sequence], canRepeat: sequence === null }
}

/** Whether no other state follows. */
export function hasEnded({ status }: OrderData): boolean {
  return status !== null && status !== 'open' && status !== 'partially_filled'
}

/** An amount without what is written differently and means the same: the zeros at its end. */
function plain(amount: string | null): string | null {
  return amount === null || !amount.includes('.') ? amount : amount.replace(/\.?0+$/, '')
}
