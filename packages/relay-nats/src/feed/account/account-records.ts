import type { PrivateChannel } from '@tapewire/core'
import { type FrameHeader, frameFlags } from '../../encoding/frame-header.js'
import { askOwner } from '../stored/ask-owner.js'
import type { StoredLine, StoredRecords } from '../stored/stored-line.js'
import type { StreamAnswer } from '../transport/answer.js'
import type { AccountPosition } from './account-position.js'

/** One channel of the account, as it is read. */
export interface AccountChannel {
  readonly channel: PrivateChannel
  readonly subject: string
  /** Where the relays that publish it answer. */
  readonly ask: string
  readonly position: AccountPosition
}

const anotherOwner = 'Another relay publishes the account now, and was not there before.'

/** The mark of a record of a relay that another has followed. */
export const lateMark = 1

/** One channel of an account: each event once, and whether a relay publishes it. */
export class AccountRecords implements StoredRecords {
  readonly #line: StoredLine
  readonly #of: AccountChannel
  /** Whether the feed begins with what happens from now on. */
  readonly #isOfNow: boolean
  /** Why nobody publishes it, as it was said when reading began. */
  #absence: StreamAnswer['refusal'] = null

  constructor(line: StoredLine, of: AccountChannel, isOfNow: boolean) {
    this.#line = line
    this.#of = of
    this.#isOfNow = isOfNow
  }

  async begin(): Promise<StreamAnswer['refusal']> {
    const { memory, owners } = this.#of.position
    // Those that published it over the last connection may have lost the same server: they have three beats to come back.
    for (const relay of owners.relays) this.#line.desk.saw(relay)
    this.#absence = await this.#findOwner()
    // What was stored, and what was read before, is read on whether somebody publishes it now or not.
    return memory.next === null && this.#isOfNow ? this.#absence : null
  }

  onBeat(relay: number): void {
    this.#of.position.owners.saw(relay, this.#line.desk.clock.now())
  }

  onRelayDead(relay: number): void {
    const { owners } = this.#of.position
    if (!owners.end(relay)) return
    if (owners.count > 0) {
      this.#fault('The relay that published the account is gone.')
      this.#askAnew()
      return
    }
    this.#leave('The relay that published the account is gone.')
    // One that was there before we heard of it is not noticed by its next beat.
    void this.#findOwner()
  }

  /** A relay that was not there before may be the owner of what has none. */
  onRelayAppeared(): void {
    if (this.#of.position.owners.count === 0) void this.#findOwner()
  }

  onForeign(): void {}

  onLost(): void {
    this.#fault('What was stored of the account was removed before it was read.')
  }

  onCaughtUp(sequence: number): void {
    if (!this.#isOfNow) this.#line.sayCaughtUp(sequence)
    if (this.#absence !== null && this.#of.position.owners.count === 0) this.#leave(this.#absence.reason)
  }

  onFrame(header: FrameHeader, payload: Uint8Array, receivedAt: number): void {
    const { position } = this.#of
    const isLate = header.epoch < position.epoch
    const isTakeOver = isSole(header) && header.epoch > position.known && position.known > 0
    const isCut = isTakeOver && (header.flags & frameFlags.continues) === 0
    if (isTakeOver) position.owners.clear()
    if (this.#line.isLive && !(isLate && isSole(header))) this.#own(header, isCut)
    else if (isCut) this.#fault(anotherOwner)
    if (isLate && header.kind !== 'data') return
    position.epoch = Math.max(position.epoch, header.epoch)
    this.#line.pass(isLate ? lateMark : 0, payload, receivedAt)
  }

  /** Nobody publishes the channel. */
  #leave(reason: string): void {
    this.#of.position.isAway = true
    // Whether anything is missing is known once another does: it may have been there all the time.
    this.#line.fault(reason)
  }

  /** A relay says that it publishes the channel. Of one that took over from another, its records say what that did to the stream. */
  #hear(header: FrameHeader): void {
    const { position } = this.#of
    const { known } = position
    if (isSole(header) && known > 0 && header.epoch !== known) return
    if (known === 0) position.answeredEpoch = header.epoch
    this.#own(header, false)
  }

  /** A relay publishes the channel, and what happened until now is missing where `isCut`, and where none did of any that may. */
  #own(header: FrameHeader, isCut: boolean): void {
    const { position } = this.#of
    const { desk } = this.#line
    const { isAway } = position
    position.isAway = false
    position.owners.add(header.relay, desk.clock.now())
    desk.saw(header.relay)
    const isHole = isSole(header) ? isCut : isAway
    if (isHole) this.#fault(isAway ? 'No relay published the account until now.' : anotherOwner)
    if (isAway || isHole) this.#askAnew()
  }

  #askAnew(): void {
    this.#line.askAnew({ code: 'NEW_RELAY', reason: 'another relay publishes it now' })
  }

  /** Who publishes the channel; why not, where nobody does. */
  async #findOwner(): Promise<StreamAnswer['refusal']> {
    const { ask, subject } = this.#of
    const { header, refusal } = await askOwner(this.#line.desk, ask, subject)
    if (header !== null && !this.#line.isEnded) this.#hear(header)
    return refusal
  }

  /** Something is missing for good. */
  #fault(reason: string): void {
    this.#of.position.noteHole()
    this.#line.fault(reason)
  }
}

/** Whether nobody else publishes the account meanwhile, as in a group. */
function isSole({ flags }: FrameHeader): boolean {
  return (flags & frameFlags.sole) !== 0
}
