import { commonRefusalOf } from '../../model/common-refusal.js'
import type { Acknowledgement, CommonRefusal, Refusal } from '../../model/message.js'
import type { Stream } from '../../model/stream.js'
import type { OutboundMessage, SubscriptionAction } from '../../strategy/subscription-strategy.js'

/** A stream the exchange refused, with its words. */
export interface RefusedStream {
  readonly stream: Stream
  readonly refusal: Refusal
}

/** What an answer, or its absence, settled. Streams that were unwanted or asked for anew since are not in it. */
export interface Settlement {
  readonly action: SubscriptionAction
  readonly accepted: readonly Stream[]
  readonly refused: readonly RefusedStream[]
  /** Streams that were accepted before, and are refused for the moment or not answered: they stay wanted, and are to be asked for again after a while. */
  readonly postponed: readonly RefusedStream[]
  /** Streams that went down with others of their request and must be asked for again, in a request of its own for each list. */
  readonly retry: readonly (readonly Stream[])[]
  /** Refusals that settled nothing, because they name no stream of the request that they answer. */
  readonly stray: readonly Refusal[]
}

/** A request on its way, and those of its streams that no answer has settled yet. */
export interface PendingRequest {
  readonly message: OutboundMessage
  /** Its place in the order sent. */
  readonly number: number
  readonly open: Map<string, Stream>
}

interface Entry {
  readonly stream: Stream
  status: 'wanted' | 'requested' | 'active'
  /** Whether the exchange has ever accepted it: what was there before is not given up for a moment's failure. */
  wasAccepted: boolean
  /** The number of the last request that does not speak for it: a later one that is accepted late says that it is there. */
  since: number
  /** The request whose answer decides; an older one's no longer counts. */
  request: PendingRequest | null
  /** Whether it is active because an answer accepted all that it did not name. */
  isImplied: boolean
}

/** What becomes of one stream of a request: `implied` where the answer accepts it without naming it, `split` where it may be the one that the request went down for. */
type Verdict = 'accepted' | 'implied' | 'again' | 'split' | Refusal

/** What an answer says, before it has its effect. */
interface Reading {
  readonly verdicts: ReadonlyMap<PendingRequest, ReadonlyMap<string, Verdict>>
  readonly lost: readonly RefusedStream[]
  /** Streams that were accepted and went down since, which may be for one of them. */
  readonly doubted: readonly Stream[]
  readonly stray: readonly Refusal[]
}

/** Requests given up that are remembered for the sake of a late answer, of either kind. */
const maxGivenUp = 100

const unanswered: CommonRefusal = { exchangeCode: null, reason: 'no acknowledgement in time', retryable: true }

/**
 * Wanted against confirmed, for one connection. A stream is wanted until it is unwanted or refused; it is requested while its subscribe is on the way,
 * and active once acknowledged. A lost connection turns everything back to wanted. To say the same thing twice changes nothing. A stream that was accepted before
 * stays wanted though it is refused for the moment, or not answered.
 *
 * Answers settle streams: a request is pending for as long as one of its streams is open.
 */
export class SubscriptionLedger {
  readonly #entries = new Map<string, Entry>()
  /** In the order sent: exchanges that echo no id answer in order. */
  readonly #pending: PendingRequest[] = []
  /** Given up, oldest first, while nothing that was sent after them has been answered: an answer in order may still be theirs. */
  readonly #givenUp: PendingRequest[] = []
  /** Given up, oldest first, with the streams open that stay wanted: a late answer settles them. */
  readonly #late: PendingRequest[] = []
  /** Requests that an answer in order was not taken for, because it may have been one's that was given up. */
  readonly #passedOver = new WeakSet<PendingRequest>()
  #sent = 0

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

  has(stream: Stream): boolean {
    return this.#entries.has(stream.id)
  }

  /** Whether it must be asked for: wanted, and no request on its way. */
  isMissing(stream: Stream): boolean {
    return this.#entries.get(stream.id)?.status === 'wanted'
  }

  isActive(stream: Stream): boolean {
    return this.#entries.get(stream.id)?.status === 'active'
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
    const since = this.#sent
    for (const stream of added) {
      const entry: Entry = { stream, status: 'wanted', wasAccepted: false, since, request: null, isImplied: false }
      this.#entries.set(stream.id, entry)
    }
    return added
  }

  /** Takes streams out; returns those that were wanted. */
  unwant(streams: readonly Stream[]): readonly Stream[] {
    return streams.filter((stream) => this.#entries.delete(stream.id))
  }

  /** Notes that a request went out. */
  sent(message: OutboundMessage): PendingRequest {
    const open = new Map(message.streams.map((stream) => [stream.id, stream]))
    this.#sent += 1
    const request = { message, open, number: this.#sent }
    this.#pending.push(request)
    for (const stream of message.streams) {
      const entry = this.#entries.get(stream.id)
      if (entry === undefined) continue
      if (message.action === 'unsubscribe') {
        entry.since = this.#sent
        if (entry.status === 'wanted') entry.request = null
        continue
      }
      entry.status = 'requested'
      entry.request = request
    }
    return request
  }

  /** Applies an answer. What it says of streams that nobody asks for any more, or says again, changes nothing. */
  settle(answer: Acknowledgement): readonly Settlement[] {
    const { verdicts, lost, doubted, stray } = this.#read(answer)
    const settlements = [...verdicts].map(([request, byId]) => this.#conclude(request, byId))
    const postponed = lost.filter(({ refusal }) => refusal.retryable === true)
    const refused = lost.filter((one) => !postponed.includes(one))
    for (const { stream } of refused) this.#entries.delete(stream.id)
    for (const stream of [...doubted, ...postponed.map((one) => one.stream)]) this.#askAgain(stream)
    if (lost.length + doubted.length + stray.length > 0) {
      const retry = halvesOf(doubted)
      settlements.push({ action: answer.action ?? 'subscribe', accepted: [], refused, postponed, retry, stray })
    }
    return settlements
  }

  /** Gives up on what of a request was never answered; null where all of it was. Those streams count as refused, and those that were accepted before as postponed. */
  expire(request: PendingRequest): Settlement | null {
    if (!this.#pending.includes(request)) return null
    if (!this.#passedOver.has(request)) this.#givenUp.push(request)
    if (this.#givenUp.length > maxGivenUp) this.#givenUp.shift()
    const settlement = this.#conclude(request, new Map(allOf(request, unanswered)))
    for (const { stream } of settlement.postponed) {
      request.open.set(stream.id, stream)
      const entry = this.#entries.get(stream.id)
      if (entry !== undefined) entry.request = request
    }
    if (settlement.postponed.length > 0) this.#late.push(request)
    if (this.#late.length > maxGivenUp) this.#late.shift()
    return settlement
  }

  /** The connection is gone: nothing is active or on its way, everything wanted stays wanted. */
  reset(): void {
    this.#pending.length = 0
    this.#givenUp.length = 0
    this.#late.length = 0
    for (const entry of this.#entries.values()) {
      entry.status = 'wanted'
      entry.request = null
      entry.since = this.#sent
    }
  }

  /**
   * What the answer says of each open stream, by request: first of those it names, then of the others. It is taken to be about the oldest request in which all
   * that it names is open; where there is none, about the oldest for each.
   */
  #read(answer: Acknowledgement): Reading {
    const verdicts = new Map<PendingRequest, Map<string, Verdict>>()
    const named = namedIn(answer)
    // What is answered in order alone is taken for what waits, or passed over, below.
    const isAddressed = answer.requestId !== null || named.size > 0
    const awaited = isAddressed ? [...this.#pending, ...this.#late] : this.#pending
    const fitting = awaited.filter(({ message }) => fits(message, answer))
    const whole = fitting.find(({ open }) => [...named.keys()].every((id) => open.has(id)))
    for (const [id, verdict] of named) {
      const request = whole ?? fitting.find(({ open }) => open.has(id))
      if (request !== undefined) byIdOf(verdicts, request).set(id, verdict)
    }
    const judged = new Set([...verdicts.values()].flatMap((byId) => [...byId.keys()]))
    const lost = this.#lost(answer, judged)
    const request = [...verdicts.keys()][0] ?? this.#inOrder(answer, fitting)
    if (request === undefined) {
      const { ended, doubted } = this.#takenBack(answer)
      return { verdicts, lost: [...lost, ...ended], doubted, stray: [] }
    }
    this.#forgetGivenUp(request.number)
    const known = new Set([...judged, ...lost.map(({ stream }) => stream.id)])
    const stray = answer.rejected.filter(
      ({ streamId }) =>
        !known.has(streamId) && !fitting.some(({ message }) => message.streams.some(({ id }) => id === streamId)),
    )
    if (answer.others === 'pending') return { verdicts, lost, doubted: [], stray }
    const byId = byIdOf(verdicts, request)
    const isBlameless = byId.size === 0 && request.open.size === request.message.streams.length
    // As many as were refused by names that we do not know: it is about these, whatever it calls them.
    const isAboutAll = stray.length > 0 && [...request.open.keys()].filter((id) => !byId.has(id)).length <= stray.length
    const blame = blamed(stray[0] ?? answer.rejected[0])
    const others =
      answer.others === 'again' && isBlameless
        ? { split: blame }
        : answer.others === 'accepted' && isAboutAll
          ? blame
          : answer.others
    for (const [id, verdict] of allOf(request, others)) byId.set(id, named.get(id) ?? verdict)
    const isTold = others !== answer.others && byId.size > judged.size
    return { verdicts, lost, doubted: [], stray: isTold ? [] : stray }
  }

  /**
   * The request that an answer is to which names none of its open streams. Without an id, one that names streams is for a request given up already, and so may
   * one be that names none, where the last that was given up came first: to wait in vain for the next is told, and a live stream taken for a refused one is not.
   */
  #inOrder(answer: Acknowledgement, fitting: readonly PendingRequest[]): PendingRequest | undefined {
    const [request] = fitting
    if (answer.requestId !== null || request === undefined) return request
    if (answer.accepted.length + answer.rejected.length > 0 || answer.others === 'pending') return undefined
    const late = this.#givenUp.find(({ message, number }) => fits(message, answer) && number < request.number)
    if (late === undefined) return request
    this.#forgetGivenUp(late.number + 1)
    for (const each of fitting) this.#passedOver.add(each)
    return undefined
  }

  /** Requests sent before this one are not answered any more. */
  #forgetGivenUp(number: number): void {
    while (this.#givenUp[0] !== undefined && this.#givenUp[0].number < number) this.#givenUp.shift()
  }

  /** Streams that were acknowledged and are refused now: the exchange ended them. A late answer to a request that does not decide any more ends none. */
  #lost({ action, requestId, rejected }: Acknowledgement, judged: ReadonlySet<string>): readonly RefusedStream[] {
    if (action === 'unsubscribe') return []
    const refusals = new Map(rejected.map((refusal) => [refusal.streamId, refusal]))
    return [...refusals].flatMap(([id, refusal]) => {
      const entry = this.#entries.get(id)
      if (entry?.status !== 'active' || judged.has(id)) return []
      if (requestId !== null && entry.request?.message.requestId !== requestId) return []
      return [{ stream: entry.stream, refusal }]
    })
  }

  /** Streams of a request that one answer accepted whole and a later one refuses whole. What an answer accepted by name stays. */
  #takenBack(answer: Acknowledgement): Pick<Reading, 'doubted'> & { readonly ended: Reading['lost'] } {
    const { action, requestId, others } = answer
    const refusal = commonRefusalOf(answer)
    if (action === 'unsubscribe' || requestId === null || refusal === null) return { ended: [], doubted: [] }
    const named = namedIn(answer)
    const taken = [...this.#entries.values()].filter(({ stream, status, request, isImplied }) => {
      const isIts = status === 'active' && isImplied && request !== null && fits(request.message, answer)
      return isIts && !named.has(stream.id)
    })
    const isAlone = taken.every(({ request }) => request?.message.streams.length === 1)
    if (isSplit(others) && !isAlone) return { ended: [], doubted: taken.map(({ stream }) => stream) }
    return { ended: taken.map(({ stream }) => ({ stream, refusal: { streamId: stream.id, ...refusal } })), doubted: [] }
  }

  #conclude(request: PendingRequest, verdicts: ReadonlyMap<string, Verdict>): Settlement {
    const { action } = request.message
    const accepted: Stream[] = []
    const again: Stream[] = []
    const split: Stream[] = []
    const refused: RefusedStream[] = []
    const postponed: RefusedStream[] = []
    for (const [id, verdict] of verdicts) {
      const stream = request.open.get(id) as Stream
      request.open.delete(id)
      const entry = this.#entries.get(id)
      if (!decides(request, verdict, entry)) continue
      if (verdict === 'accepted' || verdict === 'implied') {
        if (action === 'subscribe') activate(entry, request, verdict)
        accepted.push(stream)
      } else if (action === 'unsubscribe' && typeof verdict === 'string' && isNewer(entry, request)) {
        // It is wanted again: nothing is left to be taken off.
        accepted.push(stream)
      } else if (verdict === 'again' || verdict === 'split') {
        if (action === 'subscribe') this.#askAgain(stream)
        ;(verdict === 'again' ? again : split).push(stream)
      } else if (action === 'subscribe' && isPostponed(verdict, entry)) {
        this.#askAgain(stream)
        postponed.push({ stream, refusal: verdict })
      } else {
        if (action === 'subscribe') this.#entries.delete(id)
        refused.push({ stream, refusal: verdict })
      }
    }
    if (request.open.size === 0) this.#remove(request)
    const retry = [...(again.length === 0 ? [] : [again]), ...halvesOf(split)]
    return { action, accepted, refused, postponed, retry, stray: [] }
  }

  /** No request is on its way for this stream any more. */
  #askAgain({ id }: Stream): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    entry.status = 'wanted'
    entry.request = null
  }

  #remove(request: PendingRequest): void {
    for (const requests of [this.#pending, this.#late]) {
      const index = requests.indexOf(request)
      if (index !== -1) requests.splice(index, 1)
    }
  }
}

function activate(entry: Entry | undefined, request: PendingRequest, verdict: 'accepted' | 'implied'): void {
  if (entry === undefined) return
  entry.status = 'active'
  entry.wasAccepted = true
  entry.request = request
  entry.isImplied = verdict === 'implied'
}

/** What was there before comes back once the moment is over. */
function isPostponed({ retryable }: Refusal, entry: Entry | undefined): boolean {
  return retryable === true && entry?.wasAccepted === true
}

/** Whether the answer to a subscribe decides over a stream: the newest one's does, and an older one's where it says that the stream is there, which nothing has ended since. */
function decides(request: PendingRequest, verdict: Verdict, entry: Entry | undefined): boolean {
  if (request.message.action === 'unsubscribe') return true
  if (entry === undefined || entry.request === request) return entry !== undefined
  const isAcceptance = verdict === 'accepted' || verdict === 'implied'
  return isAcceptance && entry.status !== 'active' && request.number > entry.since
}

/** Streams that an answer names. A refusal goes before an acceptance. */
function namedIn({ rejected, accepted }: Acknowledgement): ReadonlyMap<string, Verdict> {
  const named = new Map<string, Verdict>()
  for (const refusal of rejected) named.set(refusal.streamId, refusal)
  for (const id of accepted) if (!named.has(id)) named.set(id, 'accepted')
  return named
}

function byIdOf(verdicts: Map<PendingRequest, Map<string, Verdict>>, request: PendingRequest): Map<string, Verdict> {
  const byId = verdicts.get(request) ?? new Map<string, Verdict>()
  verdicts.set(request, byId)
  return byId
}

function fits(message: OutboundMessage, { requestId, action, wireChannel }: Acknowledgement): boolean {
  return (
    (requestId === null || message.requestId === requestId) &&
    (action === null || message.action === action) &&
    (wireChannel === null || message.wireChannel === wireChannel)
  )
}

/** The same verdict for every open stream of a request. One that was alone in its request is the one that a refusal is about. */
function allOf(
  { open, message }: PendingRequest,
  others: Exclude<Acknowledgement['others'], 'pending'>,
): [string, Verdict][] {
  const ids = [...open.keys()]
  const refusal = commonRefusalOf({ others })
  if (refusal === null) return ids.map((id) => [id, others === 'accepted' ? 'implied' : 'again'])
  const isUndecided = isSplit(others) && message.streams.length > 1
  return ids.map((id) => [id, isUndecided ? 'split' : { streamId: id, ...refusal }])
}

function isSplit(others: Acknowledgement['others']): boolean {
  return typeof others === 'object' && 'split' in others
}

/** Two lists, as even as can be; one where there is one stream, none where there is none. */
export function halvesOf(streams: readonly Stream[]): readonly (readonly Stream[])[] {
  const middle = Math.ceil(streams.length / 2)
  return [streams.slice(0, middle), streams.slice(middle)].filter((half) => half.length > 0)
}

/** Whether a stream was wanted anew since a request went out. */
function isNewer(entry: Entry | undefined, { number }: PendingRequest): boolean {
  return entry !== undefined && (entry.request === null || entry.request.number > number)
}

/** Why a request went down of which no stream was to blame: asked for again as it was, it would go down again, and so on for ever. */
function blamed(culprit: Refusal | undefined): CommonRefusal {
  if (culprit === undefined)
    return { exchangeCode: null, reason: 'the exchange refused the request, and named no stream of it' }
  const { streamId: _name, ...refusal } = culprit
  return refusal
}
