import type { FrameHeader } from '../../encoding/frame-header.js'
import type { HopMeter } from '../hop-meter.js'
import { Position } from '../live/position.js'
import { askOwner } from '../stored/ask-owner.js'
import type { StoredLine, StoredRecords } from '../stored/stored-line.js'
import { StoredPosition } from '../stored/stored-position.js'

/** How far a consumer has come with one stream of market data that is kept, over all its connections. */
export class ReplayedPosition extends StoredPosition {
  /** By the relays' own numbers; null before the first record. */
  numbers: Position | null = null
}

/** The mark of a frame that was stored before reading began; the others say how many of its records were told already. */
export const replayedMark = 0x8000_0000

/** One stream of market data. What NATS did not keep of it shows by the relays' numbers. */
export class ReplayedRecords implements StoredRecords {
  readonly #line: StoredLine
  readonly #position: ReplayedPosition
  readonly #hop: HopMeter
  /** Where the relay that publishes it answers. */
  readonly #ask: string
  /** Who publishes it now; null while that is not known, and while the past is told. */
  #relay: number | null = null
  /** Whether it was said that nobody does. */
  #isAway = false
  #isAsking = false

  constructor(line: StoredLine, ask: string, position: ReplayedPosition, hop: HopMeter) {
    this.#line = line
    this.#ask = ask
    this.#position = position
    this.#hop = hop
  }

  /** Nobody need be there. */
  async begin(): Promise<null> {
    return null
  }

  /** What a relay is known by is its frames. */
  onBeat(): void {}

  /** While the past is told, nobody need be there. */
  onRelayDead(relay: number): void {
    if (this.#relay !== relay) return
    this.#relay = null
    this.#leave('The relay that published it is gone.')
  }

  /** What another relay publishes is read as it comes. Of a stream that nothing happens on, it is asked whether it does. */
  onRelayAppeared(): void {
    if (this.#line.isLive && this.#relay === null) void this.#findRelay()
  }

  onForeign(): void {
    this.#hop.foreign += 1
  }

  onLost(): void {
    this.#fault('What was kept of the stream was removed before it was read.')
  }

  onCaughtUp(sequence: number): void {
    this.#line.sayCaughtUp(sequence)
    void this.#findRelay()
  }

  onFrame(header: FrameHeader, payload: Uint8Array, receivedAt: number): void {
    const position = this.#position
    const hop = this.#hop
    const { isLive } = this.#line
    const { relay, epoch, sequence } = header
    position.numbers ??= new Position({ relay, epoch, sequence: sequence - 1 })
    const numbers = position.numbers
    const { missing } = numbers
    const verdict = numbers.take(header)
    if (verdict.kind === 'old') {
      if (verdict.isForeign) hop.outdated += 1
      return
    }
    hop.missing += numbers.missing - missing
    if (verdict.fault !== null) this.#fault(verdict.fault)
    // How long a frame took says nothing where it was kept meanwhile.
    if (isLive) {
      this.#relay = relay
      this.#isAway = false
      this.#line.desk.saw(relay)
      hop.note(header, receivedAt)
    }
    this.#line.pass(isLive ? verdict.skip : verdict.skip + replayedMark, payload, receivedAt)
  }

  /** A stream that is told to its end, and that nobody publishes any more, is not live. */
  async #findRelay(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const { desk, subject } = this.#line
    const { header, refusal } = await askOwner(desk, this.#ask, subject)
    this.#isAsking = false
    // A frame has said it meanwhile.
    if (this.#line.isEnded || this.#relay !== null) return
    if (header === null) {
      if (!this.#isAway) this.#leave(`What was kept is told, and ${refusal.reason}.`)
      return
    }
    this.#relay = header.relay
    desk.saw(header.relay)
    if (this.#isAway) this.#line.askAnew({ code: 'NEW_RELAY', reason: 'a relay publishes it now' })
    this.#isAway = false
  }

  /** Nobody publishes it. Whether anything is missing shows by the numbers of what comes next. */
  #leave(reason: string): void {
    this.#isAway = true
    this.#line.fault(reason)
  }

  /** Something is missing for good. */
  #fault(reason: string): void {
    this.#position.noteHole()
    this.#line.fault(reason)
  }
}
