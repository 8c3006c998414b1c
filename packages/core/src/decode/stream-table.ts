import { createStream, type Stream, type StreamDescription } from '../model/stream.js'
import { ByteTable } from './byte-table.js'

/** Streams nobody asked for that are remembered, several times what an exchange lists: garbage names must not grow a table for ever. */
const maxUnasked = 20_000

/**
 * The streams of one set of strategies, each made once: what is planned and what a message belongs to is then the same object.
 */
export class Streams {
  readonly #byId = new Map<string, Stream>()
  #unasked = 0

  /** The stream of this description, made where there is none of its id yet. */
  planned(description: StreamDescription): Stream {
    const known = this.#byId.get(description.id)
    if (known !== undefined) return known
    const stream = createStream(description)
    this.#byId.set(description.id, stream)
    return stream
  }

  /** The same for one that only a message named; null once so many were made that names must be garbage. */
  unasked(description: StreamDescription): Stream | null {
    const known = this.#byId.get(description.id)
    if (known !== undefined) return known
    if (this.#unasked >= maxUnasked) return null
    this.#unasked += 1
    return this.planned(description)
  }

  /** The stream of this id; undefined where there is none yet. */
  get(id: string): Stream | undefined {
    return this.#byId.get(id)
  }

  /** Every stream there is, in the order made. */
  get all(): Iterable<Stream> {
    return this.#byId.values()
  }
}

/**
 * The streams of one wire channel by what its messages name them by: learned when planning, asked on every message.
 * What was not learned is read by `make`, which returns null for a name it cannot read.
 */
export class StreamTable {
  readonly #make: (name: string) => Stream | null
  /** For look-ups in the middle of a frame: adapters hand it to the shape that scanned the name. */
  readonly names: ByteTable<Stream> = new ByteTable()
  readonly #byName = new Map<string, Stream>()

  constructor(make: (name: string) => Stream | null) {
    this.#make = make
  }

  /** Says for certain which stream a name means. */
  learn(name: string, stream: Stream): void {
    if (this.#byName.get(name) === stream) return
    this.#byName.set(name, stream)
    this.names.set(name, stream)
  }

  /** The stream named by the bytes `start` to `end`; one that was met before costs no string. Null where the name cannot be read. */
  at(bytes: Buffer, start: number, end: number): Stream | null {
    return this.names.get(bytes, start, end) ?? this.of(bytes.toString('utf8', start, end))
  }

  /** The stream of this name; null where it cannot be read. */
  of(name: string): Stream | null {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const stream = this.#make(name)
    if (stream !== null) this.learn(name, stream)
    return stream
  }
}
