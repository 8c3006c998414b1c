import type { Channel, DataMessage, GapEvent, Stream, StreamState } from '@tapewire/core'
import { type FrameKind, frameFlags } from '../encoding/frame-header.js'
import { FrameWriter } from '../encoding/frame-writer.js'
import type { Owned } from '../ownership.js'
import type { RelayedStream } from '../subjects.js'

/** What an outlet hands its frames to. */
export interface OutletParts {
  readonly subject: string
  readonly relayed: RelayedStream
  readonly stream: Stream
  /** Of this process, by chance, unsigned 32 bits. */
  readonly relay: number
  readonly owned: Owned | null
  /** A frame that has reached this is sent on at once, bytes. */
  readonly maxFrameBytes: number
  /** It holds a record, and held none before. */
  onWaiting(outlet: Outlet): void
  publish(frame: Uint8Array, records: number): void
  now(): number
}

/** How far back a new owner begins that takes over in order, ms: whoever let go has published what came before. */
const overlapMs = 2_000

/** The records of one subject: numbers them from 1, gathers them to frames, and hands these on in order. While it is another's to publish it keeps what came in the last moment. */
export class Outlet {
  readonly subject: string
  readonly relayed: RelayedStream
  readonly stream: Stream
  readonly #parts: OutletParts
  readonly #writer = new FrameWriter()
  #owned: Owned | null
  #kind: FrameKind = 'data'
  #flags = 0
  #last = 0
  /** While it is another's. */
  #kept: DataMessage[] = []

  constructor(parts: OutletParts) {
    this.subject = parts.subject
    this.relayed = parts.relayed
    this.stream = parts.stream
    this.#parts = parts
    this.#owned = parts.owned
  }

  get channel(): Channel {
    return this.relayed.channel
  }

  /** The number of the last record of this ownership, 0 before the first. */
  get last(): number {
    return this.#last
  }

  /** 0 while it is another's to publish. */
  get epoch(): number {
    return this.#owned?.epoch ?? 0
  }

  /** Null while it is another's to publish. */
  get owned(): Owned | null {
    return this.#owned
  }

  addMessage(message: DataMessage): void {
    if (this.#owned === null) {
      this.#keep(message)
      return
    }
    this.#begin('data', 0)
    this.#writer.addMessage(message)
    this.#added()
  }

  /** A whole book as of now, for everybody who listens. */
  addSnapshot(message: DataMessage): void {
    if (this.#owned === null) return
    this.#begin('data', frameFlags.snapshot)
    this.#writer.addMessage(message)
    this.#added()
  }

  addState({ status, reason, since }: StreamState): void {
    if (this.#owned === null) return
    this.#begin('state', 0)
    this.#writer.addState({ status, reason, since })
    this.#added()
  }

  addGap(gap: GapEvent): void {
    if (this.#owned === null) return
    this.#begin('gap', 0)
    this.#writer.addGap(gap)
    this.#added()
  }

  /** It is this relay's to publish from now on, beginning with the `overlap`. */
  own(owned: Owned): void {
    this.flush()
    this.#owned = owned
    this.#last = 0
  }

  /** Publishes what came shortly before it was this relay's, where its last owner let go in order. */
  overlap(): void {
    const kept = this.#kept
    this.#kept = []
    if (this.#owned?.continues !== true) return
    const since = this.#parts.now() - overlapMs
    for (const message of kept) {
      if (message.receivedAt < since) continue
      this.#begin('data', frameFlags.continues)
      this.#writer.addMessage(message)
      this.#added()
    }
    this.flush()
  }

  /** It is another's from now on: what waits is handed on, and nothing after it. */
  letGo(): void {
    this.flush()
    this.#owned = null
  }

  /** Hands on what waits; `now` where the clock was just read. */
  flush(now?: number): void {
    const { count } = this.#writer
    if (count === 0) return
    this.#parts.publish(this.#writer.finish(now ?? this.#parts.now()), count)
  }

  /** A frame has records of one kind: those of another go first. */
  #begin(kind: FrameKind, given: number): void {
    const writer = this.#writer
    // Whoever listens must know at once that nothing is missing between the owners.
    const flags = this.#last === 0 && this.#owned?.continues === true ? given | frameFlags.continues : given
    if (writer.count > 0) {
      if (kind === this.#kind && flags === this.#flags) return
      this.flush()
    }
    this.#kind = kind
    this.#flags = flags
    writer.begin(kind, { relay: this.#parts.relay, epoch: this.epoch, sequence: this.#last + 1, flags })
    this.#parts.onWaiting(this)
  }

  #added(): void {
    this.#last += 1
    if (this.#writer.size >= this.#parts.maxFrameBytes) this.flush()
  }

  #keep(message: DataMessage): void {
    const kept = this.#kept
    kept.push(message)
    const since = message.receivedAt - overlapMs
    if ((kept[0] as DataMessage).receivedAt >= since || kept.length % 64 !== 0) return
    this.#kept = kept.filter(({ receivedAt }) => receivedAt >= since)
  }
}
