import type { Acknowledgement, Refusal } from '../model/message.js'
import type { OutboundMessage, Stream, SubscriptionAction } from '../strategy/subscription-strategy.js'

/** A stream the exchange refused, with its words. */
export interface RefusedStream {
  readonly stream: Stream
  readonly refusal: Refusal
}

/** What an acknowledgement, or its absence, settled. Streams that were unwanted or asked for anew since are not in it. */
export interface Settlement {
  readonly action: SubscriptionAction
  readonly accepted: readonly Stream[]
  readonly refused: readonly RefusedStream[]
  /** Streams that went down with others of their request, and must be asked for again. */
  readonly retry: readonly Stream[]
}

/** A request on its way. */
export interface PendingRequest {
  readonly message: OutboundMessage
}

type EntryStatus = 'wanted' | 'requested' | 'active'

interface Entry {
  readonly stream: Stream
  status: EntryStatus
  /** The request whose answer decides; an older one's no longer counts. */
  request: PendingRequest | null
}

/**
 * Wanted against confirmed, for one connection. A stream is wanted until it is unwanted or refused; it is requested while its subscribe is on the way,
 * and active once acknowledged. A lost connection turns everything back to wanted. All operations are idempotent.
 */
export class SubscriptionLedger {
  readonly #entries = new Map<string, Entry>()
  /** In the order sent: exchanges that echo no id answer in order. */
  readonly #pending: PendingRequest[] = []

  /** Every stream wanted now. */
  get wanted(): readonly Stream[] {
    return [...this.#entries.values()].map((entry) => entry.stream)
  }

  /** Streams that must be asked for: wanted, and no request on its way. */
  get missing(): readonly Stream[] {
    return [...this.#entries.values()].filter((entry) => entry.status === 'wanted').map((entry) => entry.stream)
  }

  get size(): number {
    return this.#entries.size
  }

  get pendingRequests(): readonly PendingRequest[] {
    return this.#pending
  }

  has(streamId: string): boolean {
    return this.#entries.has(streamId)
  }

  isActive(streamId: string): boolean {
    return this.#entries.get(streamId)?.status === 'active'
  }

  /** How many streams the exchange has acknowledged. */
  get activeCount(): number {
    let count = 0
    for (const entry of this.#entries.values()) if (entry.status === 'active') count += 1
    return count
  }

  /** Adds streams; returns those that were not wanted before. */
  want(streams: readonly Stream[]): readonly Stream[] {
    const added = streams.filter((stream) => !this.#entries.has(stream.id))
    for (const stream of added) this.#entries.set(stream.id, { stream, status: 'wanted', request: null })
    return added
  }

  /** Takes streams out; returns those that were wanted. */
  unwant(streams: readonly Stream[]): readonly Stream[] {
    return streams.filter((stream) => this.#entries.delete(stream.id))
  }

  /** Notes that a request went out. */
  sent(message: OutboundMessage): PendingRequest {
    const request = { message }
    this.#pending.push(request)
    if (message.action === 'subscribe') {
      for (const stream of message.streams) {
        const entry = this.#entries.get(stream.id)
        if (entry === undefined) continue
        entry.status = 'requested'
        entry.request = request
      }
    }
    return request
  }

  /** Applies an acknowledgement; null where no request of ours matches it (a late or repeated one). */
  settle(ack: Acknowledgement): Settlement | null {
    const request = this.#match(ack)
    if (request === null) return null
    this.#remove(request)
    const { streams } = request.message
    const refusals = refusalsOf(streams, ack)
    // The others went down with the streams that are named: they deserve a request without them.
    const isCollective = ack.refusedAll !== null && refusals.size < streams.length
    return this.#conclude(request, (stream) => refusals.get(stream.id) ?? null, isCollective)
  }

  /** Gives up on a request that was never answered; null where it was settled meanwhile. Its streams count as refused. */
  expire(request: PendingRequest): Settlement | null {
    if (!this.#remove(request)) return null
    return this.#conclude(request, (stream) => ({
      streamId: stream.id,
      exchangeCode: null,
      reason: 'no acknowledgement in time',
    }))
  }

  /** The connection is gone: nothing is active or on its way, everything wanted stays wanted. */
  reset(): void {
    this.#pending.length = 0
    for (const entry of this.#entries.values()) {
      entry.status = 'wanted'
      entry.request = null
    }
  }

  #conclude(request: PendingRequest, refusalOf: (stream: Stream) => Refusal | null, isCollective = false): Settlement {
    const { action, streams } = request.message
    const accepted: Stream[] = []
    const retry: Stream[] = []
    const refused: RefusedStream[] = []
    for (const stream of streams) {
      const refusal = refusalOf(stream)
      const entry = this.#entries.get(stream.id)
      if (action === 'subscribe' && entry?.request !== request) continue
      if (refusal === null && isCollective) {
        if (action === 'subscribe' && entry !== undefined) {
          entry.status = 'wanted'
          entry.request = null
        }
        retry.push(stream)
      } else if (refusal === null) {
        if (action === 'subscribe' && entry !== undefined) entry.status = 'active'
        accepted.push(stream)
      } else {
        if (action === 'subscribe') this.#entries.delete(stream.id)
        refused.push({ stream, refusal })
      }
    }
    return { action, accepted, refused, retry }
  }

  #match(ack: Acknowledgement): PendingRequest | null {
    const named = namedBy(ack)
    const fits = ({ message }: PendingRequest): boolean =>
      (ack.requestId === null || message.requestId === ack.requestId) &&
      (ack.action === null || message.action === ack.action) &&
      (ack.wireChannel === null || message.wireChannel === ack.wireChannel) &&
      // Without an id, an answer to what was given up already would be taken for the next one's.
      (ack.requestId !== null || named.size === 0 || message.streams.some((stream) => named.has(stream.id)))
    return this.#pending.find(fits) ?? null
  }

  #remove(request: PendingRequest): boolean {
    const index = this.#pending.indexOf(request)
    if (index === -1) return false
    this.#pending.splice(index, 1)
    return true
  }
}

/** The streams an answer is about, as far as it says. */
function namedBy({ accepted, rejected }: Acknowledgement): ReadonlySet<string> {
  return new Set([...(accepted === 'all' ? [] : accepted), ...rejected.map((refusal) => refusal.streamId)])
}

/** Which of the request's streams were refused. A stream that the answer passes over in silence was not accepted. */
function refusalsOf(streams: readonly Stream[], ack: Acknowledgement): Map<string, Refusal> {
  const named = new Map(ack.rejected.map((refusal) => [refusal.streamId, refusal]))
  const refusals = new Map(streams.flatMap(({ id }) => (named.has(id) ? [[id, named.get(id) as Refusal]] : [])))
  if (ack.refusedAll !== null && refusals.size > 0) return refusals
  for (const { id } of streams) {
    if (refusals.has(id)) continue
    if (ack.refusedAll !== null) refusals.set(id, { streamId: id, ...ack.refusedAll })
    else if (ack.accepted !== 'all' && !ack.accepted.includes(id)) {
      refusals.set(id, { streamId: id, exchangeCode: null, reason: 'not mentioned in the exchange’s answer' })
    }
  }
  return refusals
}
