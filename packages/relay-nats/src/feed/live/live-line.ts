import type { Subscription } from '@nats-io/transport-node'
import type { Timer } from '@tapewire/core'
import { type FrameHeader, isNumbered, readHeader } from '../../encoding/frame-header.js'
import { readAnswer } from '../../encoding/read-frame.js'
import type { HopMeter } from '../hop-meter.js'
import { disownedMark, faultPayload } from '../transport/envelope.js'
import type { Desk, Line } from '../transport/lines.js'
import type { Follower } from './held-frames.js'
import { Position } from './position.js'
import { PreviousOwner } from './previous-owner.js'

/** What the lines of one transport share. */
export interface LiveLineParts {
  readonly desk: Desk
  readonly hop: HopMeter
  /** The greatest epoch that was seen on each subject, for as long as the connection lasts. */
  readonly epochs: Map<string, number>
  /** Subjects that a relay answered for at some time: where none does now, one will, and it is waited for. */
  readonly followed: Set<string>
  askSubjectOf(subject: string): string
  /** Makes a subject that brings replies to this line; it is `forget`ten once none is wanted. */
  replySubjectFor(line: LiveLine): string
  forget(replySubject: string): void
  onPublished(line: LiveLine, payload: Uint8Array): void
}

/** An answer of a relay: from which record on of which owner what is published follows. */
type Owner = Pick<FrameHeader, 'relay' | 'epoch' | 'sequence'>

interface Ask {
  readonly replySubject: string
  /** Null where nobody waits for what becomes of it. */
  readonly requestId: number | null
  readonly timer: Timer
  /** The best answer so far that is of an older owner than one that was seen: it counts where no better one comes. */
  older: Owner | null
  isAnswered: boolean
}

/** How long after it was asked for in vain a stream is asked for anew, ms; sooner where a relay appears. */
const askAnewMs = 1_000

/** So long what an exchange sends may be on its way to here, ms: what comes next may have been sent so much before the last that came. */
const longestWayMs = 1_000

const nothing = new Uint8Array(0)
const encoder = new TextEncoder()

/**
 * A stream that is followed as it is published: it is asked for, and what comes is judged by its numbers. What is old is left out, and where something is missing it says so before
 * anything else of the stream.
 */
export class LiveLine implements Line, Follower {
  readonly subject: string
  readonly #parts: LiveLineParts
  readonly #desk: Desk
  readonly #name: Uint8Array
  readonly #subscription: Subscription
  #position: Position | null = null
  /** When the last of it was read, or it began, epoch ms by our clock. */
  #readAt: number
  /** Before somebody called itself the owner, until that is confirmed. */
  #previous: PreviousOwner | null = null
  #ask: Ask | null = null
  /** Until it is asked for anew, where no relay publishes it now. */
  #waiting: Timer | null = null
  /** Whether any relay has answered this line. */
  #wasAnswered = false
  /** What has followed this line: what waited for it meanwhile is for that one. */
  #heir: LiveLine | null = null
  #isEnded = false

  /** Goes on where `before` is, which follows the stream until now; null where none does. */
  constructor(subject: string, requestId: number, parts: LiveLineParts, before: LiveLine | null) {
    this.subject = subject
    this.#parts = parts
    this.#desk = parts.desk
    this.#name = encoder.encode(subject)
    this.#readAt = parts.desk.clock.now()
    this.#subscription = parts.desk.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) parts.onPublished(this, message.data)
        else this.#refuse('NATS_REFUSED', `NATS does not let us subscribe ${subject}.`)
      },
    })
    if (before !== null) {
      this.#position = before.#position
      this.#previous = before.#previous
      before.#heir = this
    }
    this.#askFor(requestId)
  }

  end(): void {
    this.#isEnded = true
    this.#waiting?.cancel()
    this.#endAsk()
    if (!this.#desk.connection.isClosed()) this.#subscription.unsubscribe()
  }

  onRelayDead(relay: number): void {
    if (this.#position?.relay === relay) this.fault('The relay that published the stream is gone.')
  }

  onRelayAppeared(): void {
    if (this.#waiting !== null) this.#askAnew()
  }

  fault(reason: string): void {
    if (!this.#isEnded) this.#desk.fault(this.#name, reason, this.#readAt - longestWayMs)
  }

  judge(payload: Uint8Array, receivedAt: number): void {
    if (this.#isEnded) {
      this.#heir?.judge(payload, receivedAt)
      return
    }
    const { hop } = this.#parts
    const desk = this.#desk
    const header = readHeader(payload)
    if (header === null || !isNumbered(header)) {
      hop.foreign += 1
      desk.emit('foreign', this.#name, 0, payload, receivedAt)
      return
    }
    const position = this.#position
    // Everything that comes before the answer is included in it.
    if (position === null) return
    const { missing } = position
    if (header.epoch > position.epoch) this.#previous ??= new PreviousOwner(position.copy())
    const verdict = position.take(header)
    if (verdict.kind === 'old') {
      if (!verdict.isForeign) return
      if (this.#previous?.isOf(header)) this.#previous.keep(payload, receivedAt)
      else hop.outdated += 1
      return
    }
    desk.saw(header.relay)
    hop.missing += position.missing - missing
    if (verdict.fault !== null) this.fault(verdict.fault)
    this.#readAt = receivedAt
    hop.note(header, receivedAt)
    desk.emit('frame', this.#name, verdict.skip, payload, receivedAt)
    if (verdict.isNewOwner) this.#confirm(header.epoch)
  }

  /** A reply to what was asked. */
  hear(payload: Uint8Array, isNoResponders: boolean): void {
    if (isNoResponders) {
      this.#refuse('NO_RELAY', `no relay publishes ${this.subject}`)
      return
    }
    const header = readHeader(payload)
    if (header?.kind === 'answer') this.#onAnswer(header, payload)
    else if (header?.kind === 'data') this.#onSnapshot(header, payload)
  }

  /** Whoever calls itself the owner is believed once it answers for the stream as well. */
  #confirm(epoch: number): void {
    this.#parts.epochs.set(this.subject, epoch)
    // Whoever asked in the meantime still waits for an answer.
    this.#askFor(this.#ask?.isAnswered === false ? this.#ask.requestId : null)
  }

  #askFor(requestId: number | null): void {
    this.#endAsk()
    const { connection, clock, answerTimeoutMs } = this.#desk
    const replySubject = this.#parts.replySubjectFor(this)
    const timer = clock.setTimer(answerTimeoutMs, () => this.#onTimeout())
    this.#ask = { replySubject, requestId, timer, older: null, isAnswered: false }
    connection.publish(this.#parts.askSubjectOf(this.subject), nothing, { reply: replySubject })
  }

  #endAsk(): void {
    if (this.#ask === null) return
    this.#parts.forget(this.#ask.replySubject)
    this.#ask.timer.cancel()
    this.#ask = null
  }

  #onAnswer(header: FrameHeader, payload: Uint8Array): void {
    const ask = this.#ask
    const answer = readAnswer(payload, header)
    if (ask === null || answer === null) return
    if (!answer.ok) {
      this.#refuse(answer.code ?? 'REFUSED', answer.reason ?? 'The relay refused the stream.')
      return
    }
    const { relay } = header
    const { epoch, sequence } = answer
    this.#desk.saw(relay)
    const greatest = this.#parts.epochs.get(this.subject) ?? 0
    // Two that answer are two owners: the one counts that came later.
    if (epoch < greatest) {
      if (!ask.isAnswered && epoch > (ask.older?.epoch ?? -1)) ask.older = { relay, epoch, sequence }
      return
    }
    this.#parts.epochs.set(this.subject, epoch)
    this.#follow({ relay, epoch, sequence })
  }

  #follow(owner: Owner): void {
    const ask = this.#ask as Ask
    const requestId = ask.isAnswered ? null : ask.requestId
    ask.isAnswered = true
    ask.timer.cancel()
    this.#wasAnswered = true
    this.#parts.followed.add(this.subject)
    if (this.#previous?.isOf(owner)) this.#disown()
    else this.#settleOwner()
    const position = this.#position
    // What of it is missing shows by the numbers.
    if (position?.epoch !== owner.epoch || position.relay !== owner.relay) {
      this.#position = new Position(owner)
      if (position !== null) this.fault('Another relay publishes the stream now.')
      else if (requestId === null) this.fault('No relay published the stream until now.')
    }
    if (requestId !== null) this.#desk.tell({ action: 'subscribe', requestId, streamId: this.subject, refusal: null })
  }

  /** The book that belongs to an answer. */
  #onSnapshot({ relay, epoch, sequence }: FrameHeader, payload: Uint8Array): void {
    const position = this.#position
    if (position?.relay !== relay || position.epoch !== epoch) return
    if (this.#ask?.isAnswered !== true || this.#ask.requestId === null) return
    position.reach(sequence)
    this.#endAsk()
    this.#desk.emit('frame', this.#name, 0, payload, this.#desk.clock.now())
  }

  #onTimeout(): void {
    const { older } = this.#ask as Ask
    if (older !== null) {
      this.#parts.epochs.set(this.subject, older.epoch)
      this.#follow(older)
      return
    }
    const { answerTimeoutMs } = this.#desk
    this.#refuse('NO_ANSWER', `the relay of ${this.subject} did not answer within ${answerTimeoutMs} ms`)
  }

  #refuse(code: string, reason: string): void {
    if (this.#isEnded || this.#ask?.isAnswered === true) return
    const requestId = this.#ask?.requestId ?? null
    this.#endAsk()
    this.#disown()
    if (this.#wasAnswered) return
    if (this.#parts.followed.has(this.subject)) {
      this.#wait(requestId)
      return
    }
    this.#desk.drop(this.subject)
    if (requestId === null) return
    this.#desk.tell({ action: 'subscribe', requestId, streamId: this.subject, refusal: { code, reason } })
  }

  /** A stream that was there before will be there again, and nobody has to ask for it. That it was not is told when it is. */
  #wait(requestId: number | null): void {
    if (requestId !== null) {
      this.#desk.tell({ action: 'subscribe', requestId, streamId: this.subject, refusal: null })
    }
    this.#waiting = this.#desk.clock.setTimer(askAnewMs, () => this.#askAnew())
  }

  #askAnew(): void {
    this.#waiting?.cancel()
    this.#waiting = null
    this.#askFor(null)
  }

  /** Whoever called itself the owner does not answer for it: what was followed before is followed on. */
  #disown(): void {
    const previous = this.#previous
    if (previous === null) return
    this.#previous = null
    this.#position = previous.position
    this.#parts.epochs.set(this.subject, previous.position.epoch)
    const reason = faultPayload('What called itself the relay of the stream does not answer for it.', null)
    if (!this.#isEnded) this.#desk.emit('fault', this.#name, disownedMark, reason, this.#desk.clock.now())
    for (const { payload, receivedAt } of previous.kept) this.judge(payload, receivedAt)
  }

  /** Whoever is followed is the owner: what came of the one before since then is out of date. */
  #settleOwner(): void {
    this.#parts.hop.outdated += this.#previous?.kept.length ?? 0
    this.#previous = null
  }
}
