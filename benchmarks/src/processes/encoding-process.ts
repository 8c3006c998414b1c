// What encodings of relayed messages cost, in a process of its own that meets all channels, as relays and their consumers do.
import { deepStrictEqual } from 'node:assert'
import { type Channel, channels, type DataMessage, type Stream } from '@tapewire/core'
import { quantile } from '../measure/statistics.js'
import { type Encoding, encodings } from '../subjects/encodings.js'
import { relayedMessages } from '../workloads/relayed-messages.js'
import { commands, report } from './child-side.js'

export interface EncodingCommand {
  readonly kind: 'encode'
  readonly seconds: number
}

/** Of one encoding and channel, by messages in a frame. */
export interface EncodingFigures {
  readonly channel: Channel
  readonly encoding: string
  readonly gathered: number
  readonly bytes: number
  /** Processor time a message. */
  readonly encodeNs: number
  readonly decodeNs: number
}

export interface EncodingReport {
  readonly kind: 'encoded'
  readonly figures: readonly EncodingFigures[]
}

/** Messages of each channel, all of other contents. */
const contents = 2000
const gatheredSizes = [1, 20] as const
const sliceNs = 3_000_000

/** Work that goes round the same frames, and what a message took in each turn. */
class Slices {
  readonly #work: (index: number) => number
  readonly #frames: number
  #next = 0
  #perMessage: number[] = []

  constructor(frames: number, work: (index: number) => number) {
    this.#frames = frames
    this.#work = work
  }

  /** Works for about one slice. */
  run(): void {
    const startedAt = processorNs()
    let elapsed = 0
    let done = 0
    while (elapsed < sliceNs) {
      for (let index = 0; index < 50; index += 1) {
        done += this.#work(this.#next)
        this.#next = (this.#next + 1) % this.#frames
      }
      elapsed = processorNs() - startedAt
    }
    this.#perMessage.push(elapsed / done)
  }

  forget(): void {
    this.#perMessage = []
  }

  /** The lower quartile of the turns: what disturbs one only makes it longer. */
  get perMessage(): number {
    return quantile(this.#perMessage, 0.25)
  }
}

interface Cell {
  readonly channel: Channel
  readonly encoding: string
  readonly gathered: number
  readonly bytes: number
  readonly encode: Slices
  readonly decode: Slices
}

function measure({ seconds }: EncodingCommand): EncodingReport {
  const all = encodings()
  const cells = channels.flatMap((channel) => {
    const { stream, messages } = relayedMessages(channel, contents)
    return gatheredSizes.flatMap((gathered) => {
      const lists = Array.from({ length: contents / gathered }, (_, index) =>
        messages.slice(index * gathered, (index + 1) * gathered),
      )
      return all.map((encoding) => cellOf(encoding, stream, lists))
    })
  })
  for (const cell of cells) {
    for (const slices of [cell.encode, cell.decode]) {
      for (let round = 0; round < 5; round += 1) slices.run()
      slices.forget()
    }
  }
  const until = performance.now() + seconds * 1000
  do {
    for (const { encode, decode } of cells) {
      encode.run()
      decode.run()
    }
  } while (performance.now() < until)
  const figures = cells.map(({ encode, decode, ...cell }) => ({
    ...cell,
    encodeNs: encode.perMessage,
    decodeNs: decode.perMessage,
  }))
  return { kind: 'encoded', figures }
}

function cellOf(encoding: Encoding, stream: Stream, lists: readonly (readonly DataMessage[])[]): Cell {
  const frames = lists.map((list) => Uint8Array.from(encoding.encode(list)))
  const received = together(frames)
  for (const [index, list] of lists.entries()) {
    deepStrictEqual(
      encoding.decode(received[index] as Uint8Array, stream).map(({ data }) => data),
      list.map(({ data }) => data),
    )
  }
  const gathered = (lists[0] as readonly DataMessage[]).length
  return {
    channel: stream.channel,
    encoding: encoding.label,
    gathered,
    bytes: frames.reduce((sum, { length }) => sum + length, 0) / contents,
    encode: new Slices(lists.length, (index) => {
      const list = lists[index] as readonly DataMessage[]
      return encoding.encode(list).length > 0 ? list.length : 0
    }),
    decode: new Slices(lists.length, (index) => encoding.decode(received[index] as Uint8Array, stream).length),
  }
}

/** Frames one behind the other, as they lie in what a socket has read. */
function together(frames: readonly Uint8Array[]): Buffer[] {
  const buffer = Buffer.concat(frames)
  let at = 0
  return frames.map(({ length }) => {
    at += length
    return buffer.subarray(at - length, at)
  })
}

function processorNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

commands<EncodingCommand>((command) => report(measure(command)))
