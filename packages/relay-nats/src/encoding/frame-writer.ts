import type { Alert, DataMessage } from '@tapewire/core'
import { ByteWriter } from './byte-writer.js'
import {
  channelOffset,
  countOffset,
  encodingVersion,
  type FrameKind,
  frameKindCodes,
  headerBytes,
  magic,
  sentAtOffset,
  textBytesOffset,
} from './frame-header.js'
import { writeMessage } from './message-record.js'
import { writeAlert } from './records/alert.js'
import { type Answer, writeAnswer } from './records/answer.js'
import { type Beat, writeBeat } from './records/beat.js'
import { type RelayedGap, writeGap } from './records/gap.js'
import { type RelayedState, writeState } from './records/state.js'

/** Who makes a frame, and where its first record stands; as in `FrameHeader`. */
export interface FrameOrigin {
  readonly relay: number
  readonly epoch: number
  readonly sequence: number
  /** `frameFlags`; none where it is left out. */
  readonly flags?: number
}

/** The most records of a frame. */
export const maxRecords = 65_535

const initialBytes = 1024

/**
 * Composes frames, one after the other, in a buffer of its own: `begin`, records of that kind and of one subject, `finish`. A record of another kind, or of another
 * channel than the first, is a mistake of the caller: `TypeError`. So is one too many (`maxRecords`): `RangeError`. A record that could not be written is not in the frame.
 */
export class FrameWriter {
  readonly #writer: ByteWriter = new ByteWriter(initialBytes)
  #kind: FrameKind | null = null
  #channel = 0
  #count = 0
  #end = 0
  #textEnd = 0
  /** The message before in the frame. */
  #previous: DataMessage | null = null

  /** Records in the frame that was begun; 0 before the first, and when it is finished. */
  get count(): number {
    return this.#count
  }

  /** Bytes of that frame so far; 0 when it is finished. */
  get size(): number {
    return this.#end + this.#textEnd
  }

  /** Begins a frame; one that was begun and not finished is forgotten. */
  begin(kind: FrameKind, { relay, epoch, sequence, flags = 0 }: FrameOrigin): void {
    this.#kind = kind
    this.#channel = 0
    this.#count = 0
    this.#previous = null
    const writer = this.#writer
    writer.truncate(0, 0)
    writer.u8(magic[0])
    writer.u8(magic[1])
    writer.u8(encodingVersion)
    writer.u8(frameKindCodes.codeOf[kind])
    writer.u8(flags)
    writer.u8(0)
    writer.u16(0)
    writer.u32(relay)
    writer.f64(epoch)
    writer.f64(sequence)
    writer.f64(0)
    writer.u32(0)
    this.#end = headerBytes
    this.#textEnd = 0
  }

  /** A message of the stream, or the book as a message of the kind `snapshot`. */
  addMessage(message: DataMessage): void {
    const writer = this.#beginRecord('data')
    const channel = message.type
    if (this.#count > 0 && channel !== this.#channel) {
      throw new TypeError(`A message of ${message.channel} does not belong into a frame of another channel.`)
    }
    writeMessage(writer, message, this.#previous)
    this.#channel = channel
    this.#previous = message
    this.#endRecord()
  }

  addState(state: RelayedState): void {
    writeState(this.#beginRecord('state'), state)
    this.#endRecord()
  }

  addGap(gap: RelayedGap): void {
    writeGap(this.#beginRecord('gap'), gap)
    this.#endRecord()
  }

  addAlert(alert: Alert): void {
    writeAlert(this.#beginRecord('alert'), alert)
    this.#endRecord()
  }

  addBeat(beat: Beat): void {
    writeBeat(this.#beginRecord('beat'), beat)
    this.#endRecord()
  }

  addAnswer(answer: Answer): void {
    writeAnswer(this.#beginRecord('answer'), answer)
    this.#endRecord()
  }

  /** The frame, as bytes of its own; `sentAt` in epoch ms. Without a record there is no frame: `TypeError`. */
  finish(sentAt: number): Uint8Array {
    if (this.#count === 0) throw new TypeError('A frame without a record was to be finished.')
    const writer = this.#writer
    writer.truncate(this.#end, this.#textEnd)
    writer.u8At(channelOffset, this.#channel)
    writer.u16At(countOffset, this.#count)
    writer.f64At(sentAtOffset, sentAt)
    writer.u32At(textBytesOffset, this.#textEnd)
    this.#kind = null
    this.#count = 0
    this.#end = 0
    this.#textEnd = 0
    this.#previous = null
    return writer.copy()
  }

  #beginRecord(kind: FrameKind): ByteWriter {
    if (kind !== this.#kind) throw new TypeError(`A record of the kind ${kind} was added to ${describe(this.#kind)}.`)
    if (this.#count === maxRecords) throw new RangeError(`A frame has no room for more than ${maxRecords} records.`)
    // What could not be written whole is written over.
    this.#writer.truncate(this.#end, this.#textEnd)
    return this.#writer
  }

  #endRecord(): void {
    this.#count += 1
    this.#end = this.#writer.size
    this.#textEnd = this.#writer.textSize
  }
}

function describe(kind: FrameKind | null): string {
  return kind === null ? 'a frame that was not begun' : `a frame of the kind ${kind}`
}
