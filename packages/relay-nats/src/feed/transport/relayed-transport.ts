import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { type Clock, StreamError } from '@tapewire/core'
import type { InboundFrame, Transport, TransportListener } from '@tapewire/core/adapter'
import { askIntervalOf, Receipts, unanswered } from '../../connect/receipts.js'
import { readHeader } from '../../encoding/frame-header.js'
import type { StreamAnswer, StreamRequest } from './answer.js'
import { type EnvelopeKind, EnvelopeWriter, faultPayload } from './envelope.js'
import type { Desk, Line, Lines } from './lines.js'
import { RelayWatch } from './relay-watch.js'

/** What a transport over NATS needs. */
export interface RelayedTransportParts {
  readonly connection: NatsConnection
  readonly clock: Clock
  readonly beats: string
  /** Where relays say what they alert of; null where nobody wants to know. */
  readonly alerts: string | null
  readonly beatIntervalMs: number
  /** How long a relay may take to answer when it is asked for a stream, ms. */
  readonly answerTimeoutMs: number
  /** How the streams are read. */
  lines(desk: Desk): Lines
}

const encoder = new TextEncoder()

/** Who was so far behind when the server ended the connection was most likely too slow for it, ms. */
const slowMs = 500

function tooSlow(behindMs: number, cause: Error | null): StreamError {
  const message = `NATS ended the connection while this process was ${Math.round(behindMs)} ms behind.`
  return new StreamError('ERR_SLOW_CONSUMER', message, {
    hint: 'A nats-server ends connections that do not read what it has for them (its log says Slow Consumer): do less in this process, or follow fewer streams with it; or allow more (max_pending, write_deadline of the server).',
    ...(cause === null ? {} : { cause }),
  })
}

/** A connection to NATS as a socket of core: what is sent to it asks for streams, and what comes from it are envelopes, and answers to what was sent. */
export class RelayedTransport implements Transport {
  readonly #parts: RelayedTransportParts
  readonly #kind: Lines
  readonly #lines = new Map<string, Line>()
  readonly #envelopes = new EnvelopeWriter()
  readonly #frame: InboundFrame = { bytes: Buffer.alloc(0), start: 0, end: 0, isBinary: true, receivedAt: 0 }
  #listener: TransportListener | null = null
  #watch: RelayWatch | null = null
  #receipts: Receipts | null = null
  #isClosing = false
  #isEnded = false

  constructor(parts: RelayedTransportParts) {
    const { connection, clock, answerTimeoutMs } = parts
    this.#parts = parts
    this.#kind = parts.lines({
      connection,
      clock,
      answerTimeoutMs,
      saw: (relay) => this.#watch?.saw(relay),
      emit: (kind, name, mark, payload, receivedAt) => this.#emit(kind, name, mark, payload, receivedAt),
      fault: (name, reason, wholeUntil) => this.#emit('fault', name, 0, faultPayload(reason, wholeUntil), clock.now()),
      tell: (answer) => this.#tell(answer),
      drop: (subject) => this.#drop(subject),
    })
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
      if (action === 'subscribe') {
        this.#open(streamId, requestId)
        continue
      }
      this.#drop(streamId)
      queueMicrotask(() => this.#tell({ action, requestId, streamId, refusal: null }))
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
    this.#kind.pause()
  }

  resume(): void {
    this.#kind.resume()
  }

  close(): void {
    this.#isClosing = true
    this.terminate()
  }

  /** Nobody listens from here on: what is read after it would be taken for told. */
  terminate(): void {
    this.#dropAll()
    void this.#parts.connection.close()
  }

  #begin(): void {
    const { connection, clock, beats, alerts, beatIntervalMs } = this.#parts
    this.#watch = new RelayWatch({
      clock,
      beatIntervalMs,
      caughtUp: () => connection.flush().catch(() => {}),
      onDead: (relay) => this.#each((line) => line.onRelayDead(relay)),
      onAppeared: () => this.#each((line) => line.onRelayAppeared()),
    })
    const intervalMs = askIntervalOf(beatIntervalMs)
    // A line that is cut, or a server that stands still, is silent as a quiet market is.
    const onSilent = (): void => {
      this.#onClosed(unanswered(intervalMs))
      void connection.close().catch(() => {})
    }
    this.#receipts = new Receipts({ connection, clock, intervalMs, onConfirmed: () => {}, onSilent })
    connection.subscribe(beats, { callback: (error, message) => this.#onBeat(error, message) })
    if (alerts !== null) {
      const name = encoder.encode(alerts)
      connection.subscribe(alerts, { callback: (error, message) => this.#onAlert(error, name, message) })
    }
    void connection.closed().then((error) => this.#onClosed(this.#endOf(error ?? null)))
  }

  #onClosed(error: Error | null): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#watch?.end()
    this.#receipts?.end()
    this.#dropAll()
    this.#listener?.onClose({ code: this.#isClosing ? 1000 : 1006, reason: '', error })
  }

  /** A server says to nobody that it took too long to read: it just ends the connection. What was read last tells it. */
  #endOf(error: Error | null): Error | null {
    const { behindMs } = this.#kind
    return this.#isClosing || behindMs < slowMs ? error : tooSlow(behindMs, error)
  }

  #open(subject: string, requestId: number): void {
    const before = this.#lines.get(subject) ?? null
    const line = this.#kind.open(subject, requestId, before)
    if (line === null) this.#lines.delete(subject)
    else this.#lines.set(subject, line)
    before?.end()
  }

  #each(tell: (line: Line) => void): void {
    for (const line of this.#lines.values()) tell(line)
  }

  #dropAll(): void {
    for (const subject of [...this.#lines.keys()]) this.#drop(subject)
  }

  #drop(subject: string): void {
    const line = this.#lines.get(subject)
    if (line === undefined) return
    this.#lines.delete(subject)
    line.end()
  }

  #onBeat(error: Error | null, { data }: Msg): void {
    const header = error === null ? readHeader(data) : null
    if (header?.kind !== 'beat') return
    this.#watch?.saw(header.relay)
    this.#kind.onBeat(header.relay)
  }

  #onAlert(error: Error | null, name: Uint8Array, { data }: Msg): void {
    if (error === null) this.#emit('frame', name, 0, data, this.#parts.clock.now())
  }

  #emit(kind: EnvelopeKind, name: Uint8Array, mark: number, payload: Uint8Array, receivedAt: number): void {
    const frame = this.#frame
    frame.end = this.#envelopes.write(kind, name, mark, payload)
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
