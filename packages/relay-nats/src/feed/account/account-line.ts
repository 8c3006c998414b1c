import type { PrivateChannel, StreamError } from '@tapewire/core'
import { type FrameHeader, frameFlags, isNumbered, readHeader } from '../../encoding/frame-header.js'
import { readAnswer } from '../../encoding/read-frame.js'
import type { StoredRecord, StoredStart } from '../../stored/stored-reader.js'
import type { StreamAnswer } from '../transport/answer.js'
import type { Desk, Line } from '../transport/lines.js'
import { StoredSubject } from '../transport/stored-subject.js'
import type { AccountPosition } from './account-position.js'

/** One channel of the account, as it is read. */
export interface AccountChannel {
  readonly channel: PrivateChannel
  readonly subject: string
  /** Where the relays that publish it answer. */
  readonly ask: string
  readonly position: AccountPosition
}

/** What a line of an account is made with. */
export interface AccountLineParts {
  readonly desk: Desk
  readonly of: AccountChannel
  readonly requestId: number
  /** The JetStream stream that keeps the account. */
  readonly stored: string
  readonly start: StoredStart
  readonly isPaused: boolean
}

const encoder = new TextEncoder()

const anotherOwner = 'Another relay publishes the account now, and was not there before.'

/** The mark of a record of a relay that another has followed. */
export const lateMark = 1

/** One channel of an account, read where it is stored: each event once, from where the line before it ended. Whether a relay publishes it is known besides. */
export class AccountLine implements Line {
  readonly subject: string
  readonly #parts: AccountLineParts
  readonly #desk: Desk
  readonly #position: AccountPosition
  readonly #stored: StoredSubject
  readonly #name: Uint8Array
  /** Whether it was accepted. */
  #isTold = false
  #isLive = false
  #isEnded = false

  constructor(parts: AccountLineParts) {
    const { desk, of, stored, start, isPaused } = parts
    const { subject, position } = of
    const { connection, clock } = desk
    this.subject = subject
    this.#parts = parts
    this.#desk = desk
    this.#position = position
    this.#name = encoder.encode(subject)
    this.#stored = new StoredSubject(
      {
        connection,
        clock,
        stream: stored,
        subject,
        start,
        memory: position.memory,
        listener: {
          onRecord: (record) => this.#onRecord(record),
          onLost: () => this.#fault('What was stored of the account was removed before it was read.'),
          onCaughtUp: (sequence) => this.#onCaughtUp(sequence),
          onEnd: (error) => this.#onReaderEnd(error),
        },
      },
      isPaused,
    )
    // Those that published it over the last connection may have lost the same server: they have three beats to come back.
    for (const relay of position.owners.relays) desk.saw(relay)
    void this.#begin()
  }

  pause(): void {
    this.#stored.pause()
  }

  resume(): void {
    this.#stored.resume()
  }

  end(): void {
    this.#isEnded = true
    this.#stored.end()
  }

  onBeat(relay: number): void {
    this.#position.owners.saw(relay, this.#desk.clock.now())
  }

  onRelayDead(relay: number): void {
    const { owners } = this.#position
    if (!owners.end(relay)) return
    if (owners.count > 0) {
      this.#fault('The relay that published the account is gone.')
      if (this.#isTold) this.#askAnew()
      return
    }
    this.#leave('The relay that published the account is gone.')
    // One that was there before we heard of it is not noticed by its next beat.
    void this.#findOwner()
  }

  /** A relay that was not there before may be the owner of what has none. */
  onRelayAppeared(): void {
    if (this.#position.owners.count === 0) void this.#findOwner()
  }

  async #begin(): Promise<void> {
    const { requestId } = this.#parts
    const { memory, owners } = this.#position
    const ownerless = await this.#findOwner()
    if (this.#isEnded) return
    // What was read before is read on: it is stored, whether somebody publishes it now or not.
    const isFirst = memory.next === null
    const refusal = ownerless !== null && isFirst ? ownerless : await this.#stored.open()
    if (this.#isEnded) return
    if (refusal !== null) this.#desk.drop(this.subject)
    this.#desk.tell({ action: 'subscribe', requestId, streamId: this.subject, refusal })
    this.#isTold = refusal === null
    if (refusal === null && ownerless !== null && owners.count === 0) this.#leave(ownerless.reason)
  }

  /** Nobody publishes the channel. */
  #leave(reason: string): void {
    this.#position.isAway = true
    // Whether anything is missing is known once another does: it may have been there all the time.
    this.#desk.fault(this.#name, reason, null)
  }

  /** A relay says that it publishes the channel. Of one that took over from another, its records say what that did to the stream. */
  #hear(header: FrameHeader): void {
    const position = this.#position
    const { known } = position
    if (isSole(header) && known > 0 && header.epoch !== known) return
    if (known === 0) position.answeredEpoch = header.epoch
    this.#own(header, false)
  }

  /** A relay publishes the channel, and what happened until now is missing where `isCut`, and where none did of any that may. */
  #own(header: FrameHeader, isCut: boolean): void {
    const position = this.#position
    const { isAway } = position
    position.isAway = false
    position.owners.add(header.relay, this.#desk.clock.now())
    this.#desk.saw(header.relay)
    const isHole = isSole(header) ? isCut : isAway
    if (isHole) this.#fault(isAway ? 'No relay published the account until now.' : anotherOwner)
    if ((isAway || isHole) && this.#isTold) this.#askAnew()
  }

  /** Has core ask for the stream once more, soon: that ends a gap of a stream that nothing happens on, where a fault alone is ended by the next event. */
  #askAnew(): void {
    const refusal = { code: 'NEW_RELAY', reason: 'another relay publishes it now' }
    this.#desk.tell({ action: 'subscribe', requestId: this.#parts.requestId, streamId: this.subject, refusal })
  }

  /** Who publishes the channel; why not, where nobody does. */
  async #findOwner(): Promise<StreamAnswer['refusal']> {
    const { connection, answerTimeoutMs } = this.#desk
    try {
      const { data } = await connection.request(this.#parts.of.ask, '', { timeout: answerTimeoutMs })
      const header = readHeader(data)
      const answer = header === null ? null : readAnswer(data, header)
      if (header === null || answer === null)
        return { code: 'UNREADABLE', reason: 'The answer of a relay cannot be read.' }
      if (!answer.ok)
        return { code: answer.code ?? 'REFUSED', reason: answer.reason ?? 'The relay refused the stream.' }
      if (!this.#isEnded) this.#hear(header)
      return null
    } catch {
      return { code: 'NO_RELAY', reason: `no relay publishes ${this.subject}` }
    }
  }

  #onCaughtUp(sequence: number): void {
    this.#isLive = true
    if (this.#parts.start === 'new') return
    const text = `${this.subject}: everything that was stored is told, until ${sequence}; what follows is live`
    this.#desk.emit('caught-up', this.#name, 0, encoder.encode(text), this.#desk.clock.now())
  }

  /** Without its reader a connection is of no use: the next one goes on where it was. */
  #onReaderEnd(error: StreamError | null): void {
    if (error !== null && !this.#isEnded) void this.#desk.connection.close()
  }

  #onRecord({ payload }: StoredRecord): void {
    if (this.#isEnded) return
    const position = this.#position
    const receivedAt = this.#desk.clock.now()
    const header = readHeader(payload)
    if (header === null || !isNumbered(header)) {
      this.#desk.emit('foreign', this.#name, 0, payload, receivedAt)
      return
    }
    const isLate = header.epoch < position.epoch
    const isTakeOver = isSole(header) && header.epoch > position.known && position.known > 0
    const isCut = isTakeOver && (header.flags & frameFlags.continues) === 0
    if (isTakeOver) position.owners.clear()
    if (this.#isLive && !(isLate && isSole(header))) this.#own(header, isCut)
    else if (isCut) this.#fault(anotherOwner)
    if (isLate && header.kind !== 'data') return
    position.epoch = Math.max(position.epoch, header.epoch)
    this.#desk.emit('frame', this.#name, isLate ? lateMark : 0, payload, receivedAt)
  }

  /** Something is missing for good. */
  #fault(reason: string): void {
    this.#position.noteHole()
    this.#desk.fault(this.#name, reason, null)
  }
}

/** Whether nobody else publishes the account meanwhile, as in a group. */
function isSole({ flags }: FrameHeader): boolean {
  return (flags & frameFlags.sole) !== 0
}
