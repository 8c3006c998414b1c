import { type Channel, channels } from '@tapewire/core'
import { traitsOf } from '@tapewire/core/adapter'
import { viewOf } from './byte-reader.js'
import { type Codes, codesOf } from './codes.js'

/**
 * What the records of a frame are: messages of a stream, how the stream is at the relay, a gap of it, an alert, that the relay is alive, or what it says to who asked
 * for a stream.
 */
export type FrameKind = 'data' | 'state' | 'gap' | 'alert' | 'beat' | 'answer'

export const frameKindCodes: Codes<FrameKind> = codesOf({ data: 1, state: 2, gap: 3, alert: 4, beat: 5, answer: 6 })

/** Bits of `FrameHeader.flags`. */
export const frameFlags = {
  /** This epoch took over in order, and overlaps with what came before. */
  continues: 1,
  /** The records are a whole book that the relay made of what it holds, not messages of the exchange. */
  snapshot: 2,
  /** The account has one owner at a time: who published it under a lesser epoch does not any more. */
  sole: 4,
} as const

/** What a frame says before its records. */
export interface FrameHeader {
  readonly kind: FrameKind
  /** `frameFlags` that are set. */
  readonly flags: number
  /** Records in the frame, 1 to 65,535. */
  readonly count: number
  /** What the messages are of; null in every other kind of frame. */
  readonly channel: Channel | null
  /** The process that made it, a number it drew when it started, 0 to 2^32 - 1. */
  readonly relay: number
  /** Greater for whoever owns the stream later. */
  readonly epoch: number
  /** Number of the first record; those after it have the next ones. From 1 in each epoch, 0 where records are not numbered. */
  readonly sequence: number
  /** When it was sent, epoch ms by the relay's clock. */
  readonly sentAt: number
}

/** The layout's version; another layout has another. */
export const encodingVersion = 1

/** Bytes before the first record. */
export const headerBytes = 40

/** Where the fields are that a frame gets last. */
export const channelOffset = 5
export const countOffset = 6
export const sentAtOffset = 28
export const textBytesOffset = 36

/** `TW`. */
export const magic = [0x54, 0x57] as const

const versionOffset = 2
const kindOffset = 3
const flagsOffset = 4
const relayOffset = 8
const epochOffset = 12
const sequenceOffset = 20
const knownFlags = frameFlags.continues | frameFlags.snapshot | frameFlags.sole

const channelsByCode: readonly (Channel | null | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  code === 0 ? null : channels.find((channel) => traitsOf(channel).type === code),
)

/** What a frame says of itself; null where it is none of ours, or cannot be read: `frameFault` says which. Never throws. */
export function readHeader(bytes: Uint8Array): FrameHeader | null {
  if (bytes.length <= headerBytes || !isOurs(bytes) || bytes[versionOffset] !== encodingVersion) return null
  const kind = frameKindCodes.words[bytes[kindOffset] as number]
  const flags = bytes[flagsOffset] as number
  const channel = channelsByCode[bytes[channelOffset] as number]
  const view = viewOf(bytes)
  const start = bytes.byteOffset
  const count = view.getUint16(start + countOffset, true)
  const relay = view.getUint32(start + relayOffset, true)
  const epoch = view.getFloat64(start + epochOffset, true)
  const sequence = view.getFloat64(start + sequenceOffset, true)
  const sentAt = view.getFloat64(start + sentAtOffset, true)
  if (kind === undefined || channel === undefined || (channel === null) === (kind === 'data')) return null
  if ((flags & ~knownFlags) !== 0 || count === 0) return null
  if (!(epoch >= 0 && epoch < Number.POSITIVE_INFINITY && sequence >= 0) || !Number.isSafeInteger(sequence)) return null
  if (!Number.isFinite(sentAt)) return null
  return { kind, flags, count, channel, relay, epoch, sequence, sentAt }
}

/** How many bytes at the end of a frame are the texts of its records; 0 where there is no header. */
export function textBytesOf(bytes: Uint8Array): number {
  return bytes.length < headerBytes ? 0 : viewOf(bytes).getUint32(bytes.byteOffset + textBytesOffset, true)
}

/** Whether it is one of those that are published on the subject of a stream, in the order of their numbers. */
export function isNumbered({ kind }: FrameHeader): boolean {
  return kind === 'data' || kind === 'state' || kind === 'gap'
}

/**
 * Why there is no header in these bytes: not a frame of a relay, of a version or a kind that came after this one, or one of ours that was damaged; null where there
 * is one. What was counted apart tells a stranger on our subjects from a relay that was upgraded first.
 */
export type FrameFault = 'foreign' | 'version' | 'kind' | 'damaged'

export function frameFault(bytes: Uint8Array): FrameFault | null {
  if (!isOurs(bytes)) return 'foreign'
  if (bytes.length <= headerBytes) return 'damaged'
  if (bytes[versionOffset] !== encodingVersion) return 'version'
  if (frameKindCodes.words[bytes[kindOffset] as number] === undefined) return 'kind'
  return readHeader(bytes) === null ? 'damaged' : null
}

function isOurs(bytes: Uint8Array): boolean {
  return bytes[0] === magic[0] && bytes[1] === magic[1]
}
