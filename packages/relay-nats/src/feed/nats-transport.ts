import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node'
import type { Clock } from '@tapewire/core'
import type { InboundFrame, Transport, TransportListener } from '@tapewire/core/adapter'
import { readHeader } from '../encoding/frame-header.js'
import type { StreamAnswer, StreamRequest } from './answer.js'
import { type EnvelopeKind, EnvelopeWriter } from './envelope.js'
import type { HopMeter } from './hop-meter.js'
import { Line, type LineParts } from './line.js'
import { RelayWatch } from './relay-watch.js'

/** What a transport over NATS needs. */
export interface NatsTransportParts {
  readonly connection: NatsConnection
  readonly clock: Clock
  readonly prefix: string
  readonly beats: string
  readonly alerts: string
  readonly beatIntervalMs: number
  /** How long a relay may take to answer when it is asked for a stream, ms. */
  readonly answerTimeoutMs: number
  /** What may wait while nothing is read, bytes. */
  readonly maxHeldBytes: number
  readonly hop: HopMeter
  /** As `LineParts.followed`, for as long as the feed lives. */
  readonly followed: Set<string>
}

/** What arrived while nothing was to be read. */
interface Held {
  readonly line: Line
  readonly payload: Uint8Array
  readonly receivedAt: number
}

/** A connection to NATS as a socket of core: what is sent to it asks for streams, what comes from it are envelopes, and where a relay is dead it says so of each of its streams. */
export class NatsTransport implements Transport {
  readonly #parts: NatsTransportParts
  readonly #inbox = createInbox()
  readonly #lines = new Map<string, Line>()
  readonly #lineParts: LineParts
  /** Those that wait for a reply, by its subject. */
  readonly #asking = new Map<string, Line>()
  readonly #envelopes = new EnvelopeWriter()
  readonly #frame: InboundFrame = { bytes: Buffer.alloc(0), start: 0, end: 0, isBinary: true, receivedAt: 0 }
  readonly #alertsName: Uint8Array
  #listener: TransportListener | null = null
  #watch: RelayWatch | null = null
  #replies = 0
  #isPaused = false
  #held: Held[] = []
  #heldBytes = 0
  /** Of which something came that there was no room for. */
  readonly #overflowed = new Set<Line>()
  #isClosing = false
  #isEnded = false

  constructor(parts: NatsTransportParts) {
    const { connection, clock, answerTimeoutMs, hop, followed, prefix } = parts
    this.#parts = parts
    this.#alertsName = new TextEncoder().encode(parts.alerts)
    this.#lineParts = {
      connection,
      clock,
      answerTimeoutMs,
      hop,
      followed,
      epochs: new Map(),
      askSubjectOf: (subject) => `${prefix}-ask${subject.slice(prefix.length)}`,
      replySubjectFor: (line) => this.#replySubjectFor(line),
      forget: (replySubject) => this.#asking.delete(replySubject),
      saw: (relay) => this.#watch?.saw(relay),
      emit: (kind, name, skip, payload, receivedAt) => this.#emit(kind, name, skip, payload, receivedAt),
      tell: (answer) => this.#tell(answer),
      onPublished: (line, payload) => this.#onPublished(line, payload),
      onRefused: (line) => this.#drop(line.subject),
    }
  }

  get bufferedBytes(): number {
    return 0
  }

  listen(listener: TransportListener): void {
    const isFirst = this.#listener === null
    this.#listener = listener
    if (isFirst) this.#begin()
  }

  send(data: string | Uint8Array): boolean {
    if (this.#isEnded || this.#parts.connection.isClosed()) return false
    const { action, requestId, streamIds } = JSON.parse(String(data)) as StreamRequest
    for (const streamId of streamIds) {
      this.#drop(streamId)
      if (action === 'subscribe') this.#lines.set(streamId, new Line(streamId, requestId, this.#lineParts))
      else queueMicrotask(() => this.#tell({ action, requestId, streamId, refusal: null }))
    }
    return true
  }

  ping(): void {
    this.#parts.connection.flush().then(
      () => this.#listener?.onPong(),
      () => {},
    )
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    setImmediate(() => this.#catchUp())
  }

  close(): void {
    this.#isClosing = true
    void this.#parts.connection.close()
  }

  terminate(): void {
    void this.#parts.connection.close()
  }

  #begin(): void {
    const { connection, clock, beats, alerts, beatIntervalMs } = this.#parts
    this.#watch = new RelayWatch({
      clock,
      beatIntervalMs,
      caughtUp: () => connection.flush().catch(() => {}),
      onDead: (relay) => this.#onDead(relay),
      onAppeared: () => this.#onAppeared(),
    })
    connection.subscribe(`${this.#inbox}.*`, { callback: (error, message) => this.#onReply(error, message) })
    connection.subscribe(beats, { callback: (error, message) => this.#onBeat(error, message) })
    connection.subscribe(alerts, { callback: (error, message) => this.#onAlert(error, message) })
    void connection.closed().then((error) => this.#onClosed(error ?? null))
  }

  #onClosed(error: Error | null): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#watch?.end()
    for (const line of this.#lines.values()) line.end()
    this.#lines.clear()
    this.#held = []
    this.#listener?.onClose({ code: this.#isClosing ? 1000 : 1006, reason: '', error })
  }

  #drop(subject: string): void {
    const line = this.#lines.get(subject)
    if (line === undefined) return
    this.#lines.delete(subject)
    this.#overflowed.delete(line)
    line.end()
  }

  #replySubjectFor(line: Line): string {
    this.#replies += 1
    const subject = `${this.#inbox}.${this.#replies}`
    this.#asking.set(subject, line)
    return subject
  }

  #onReply(error: Error | null, message: Msg): void {
    if (error !== null) return
    const { data, headers } = message
    this.#asking.get(message.subject)?.hear(data, data.length === 0 && headers?.code === 503)
  }

  #onBeat(error: Error | null, { data }: Msg): void {
    const header = error === null ? readHeader(data) : null
    if (header?.kind === 'beat') this.#watch?.saw(header.relay)
  }

  #onAlert(error: Error | null, { data }: Msg): void {
    if (error === null) this.#emit('frame', this.#alertsName, 0, data, this.#parts.clock.now())
  }

  #onDead(relay: number): void {
    for (const line of this.#lines.values()) {
      if (line.relay === relay) line.fault('the relay that published it is gone')
    }
  }

  #onAppeared(): void {
    for (const line of this.#lines.values()) line.onRelayAppeared()
  }

  #onPublished(line: Line, payload: Uint8Array): void {
    const receivedAt = this.#parts.clock.now()
    if (!this.#isPaused && this.#held.length === 0) {
      line.judge(payload, receivedAt)
      return
    }
    if (this.#heldBytes + payload.length > this.#parts.maxHeldBytes) {
      this.#parts.hop.overflowed += 1
      this.#overflowed.add(line)
      return
    }
    this.#held.push({ line, payload, receivedAt })
    this.#heldBytes += payload.length
  }

  #catchUp(): void {
    const held = this.#held
    let index = 0
    for (; index < held.length && !this.#isPaused && !this.#isEnded; index += 1) {
      const { line, payload, receivedAt } = held[index] as Held
      this.#heldBytes -= payload.length
      line.judge(payload, receivedAt)
    }
    held.splice(0, index)
    if (held.length > 0) return
    for (const line of this.#overflowed) line.fault('more came than could wait for a slow handler')
    this.#overflowed.clear()
  }

  #emit(kind: EnvelopeKind, name: Uint8Array, skip: number, payload: Uint8Array, receivedAt: number): void {
    const frame = this.#frame
    frame.end = this.#envelopes.write(kind, name, skip, payload)
    frame.bytes = this.#envelopes.bytes
    frame.receivedAt = receivedAt
    this.#listener?.onFrame(frame)
  }

  #tell(answer: StreamAnswer): void {
    if (this.#isEnded) return
    const bytes = Buffer.from(JSON.stringify(answer))
    const receivedAt = this.#parts.clock.now()
    this.#listener?.onFrame({ bytes, start: 0, end: bytes.length, isBinary: false, receivedAt })
  }
}
