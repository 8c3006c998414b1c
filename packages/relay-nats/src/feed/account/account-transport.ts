import type { Msg, NatsConnection } from '@nats-io/nats-core'
import type { Clock, PrivateChannel, StreamError } from '@tapewire/core'
import type { InboundFrame, Transport, TransportListener } from '@tapewire/core/adapter'
import { type FrameHeader, readHeader } from '../../encoding/frame-header.js'
import { readAnswer } from '../../encoding/read-frame.js'
import { StoredReader, type StoredRecord, type StoredStart } from '../../stored/stored-reader.js'
import type { StreamAnswer, StreamRequest } from '../answer.js'
import { type EnvelopeKind, EnvelopeWriter } from '../envelope.js'
import { RelayWatch } from '../relay-watch.js'
import type { AccountPosition } from './account-position.js'

/** One channel of the account, as it is read. */
export interface AccountChannel {
  readonly channel: PrivateChannel
  readonly subject: string
  /** Where the relays that publish it answer. */
  readonly ask: string
  readonly position: AccountPosition
}

/** What a transport of an account needs. */
export interface AccountTransportParts {
  readonly connection: NatsConnection
  readonly clock: Clock
  /** The JetStream stream that keeps the account. */
  readonly stored: string
  readonly channels: ReadonlyMap<string, AccountChannel>
  readonly beats: string
  readonly beatIntervalMs: number
  readonly answerTimeoutMs: number
  readonly start: StoredStart
}

/** One channel that is subscribed. */
interface Line {
  readonly of: AccountChannel
  readonly name: Uint8Array
  readonly requestId: number
  /** Whether it was accepted. */
  isTold: boolean
  reader: StoredReader | null
  isLive: boolean
  isEnded: boolean
}

const encoder = new TextEncoder()

/** A record of a relay that another has followed, as the envelope says it. */
export const lateMark = 1

/** A connection to NATS as a socket of core, that brings the stored events of one account: each once, from where the one before it ended. */
export class AccountTransport implements Transport {
  readonly #parts: AccountTransportParts
  readonly #lines = new Map<string, Line>()
  readonly #envelopes = new EnvelopeWriter()
  #listener: TransportListener | null = null
  #watch: RelayWatch | null = null
  #isPaused = false
  #isClosing = false
  #isEnded = false

  constructor(parts: AccountTransportParts) {
    this.#parts = parts
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
      if (action === 'subscribe') void this.#subscribe(streamId, requestId)
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
    for (const { reader } of this.#lines.values()) reader?.pause()
  }

  resume(): void {
    this.#isPaused = false
    for (const { reader } of this.#lines.values()) reader?.resume()
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
    const { connection, clock, beats, beatIntervalMs } = this.#parts
    this.#watch = new RelayWatch({
      clock,
      beatIntervalMs,
      caughtUp: () => connection.flush().catch(() => {}),
      onDead: (relay) => this.#onDead(relay),
      onAppeared: () => this.#findOwners(),
    })
    connection.subscribe(beats, { callback: (error, message) => this.#onBeat(error, message) })
    void connection.closed().then((error) => this.#onClosed(error ?? null))
  }

  #onClosed(error: Error | null): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#watch?.end()
    this.#dropAll()
    this.#listener?.onClose({ code: this.#isClosing ? 1000 : 1006, reason: '', error })
  }

  async #subscribe(subject: string, requestId: number): Promise<void> {
    const of = this.#parts.channels.get(subject)
    if (of === undefined) return
    const line: Line = {
      of,
      name: encoder.encode(subject),
      requestId,
      isTold: false,
      reader: null,
      isLive: false,
      isEnded: false,
    }
    this.#lines.set(subject, line)
    // Those that published it over the last connection may have lost the same server: they have three beats to come back.
    for (const relay of of.position.owners.relays) this.#watch?.saw(relay)
    const ownerless = await this.#findOwner(line)
    if (line.isEnded) return
    // What was read before is read on: it is stored, whether somebody publishes it now or not.
    const isFirst = of.position.memory.next === null
    const refusal = ownerless !== null && isFirst ? ownerless : await this.#read(line)
    if (line.isEnded) return
    if (refusal !== null) this.#drop(subject)
    this.#tell({ action: 'subscribe', requestId, streamId: subject, refusal })
    line.isTold = refusal === null
    if (refusal === null && ownerless !== null && of.position.owners.count === 0) this.#leave(line, ownerless.reason)
  }

  /** Nobody publishes the channel. */
  #leave(line: Line, reason: string): void {
    line.of.position.isAway = true
    this.#fault(line, reason)
  }

  /** A relay publishes the channel. Where none did, what happened until now may be missing. */
  #own(line: Line, relay: number): void {
    const { position } = line.of
    position.owners.add(relay, this.#parts.clock.now())
    this.#watch?.saw(relay)
    if (!position.isAway) return
    position.isAway = false
    this.#fault(line, 'no relay published it until now')
    if (line.isTold) this.#askAnew(line)
  }

  /** Has core ask for the stream once more, soon: that ends a gap of a stream that nothing happens on, where a fault alone is ended by the next event. */
  #askAnew({ of, requestId }: Line): void {
    const refusal = { code: 'NEW_RELAY', reason: 'another relay publishes it now' }
    this.#tell({ action: 'subscribe', requestId, streamId: of.subject, refusal })
  }

  /** A relay that was not there before may be the owner of what has none. */
  #findOwners(): void {
    for (const line of this.#lines.values()) if (line.of.position.owners.count === 0) void this.#findOwner(line)
  }

  /** Who publishes the channel; why not, where nobody does. */
  async #findOwner(line: Line): Promise<StreamAnswer['refusal']> {
    const { connection, answerTimeoutMs } = this.#parts
    try {
      const { data } = await connection.request(line.of.ask, '', { timeout: answerTimeoutMs })
      const header = readHeader(data)
      const answer = header === null ? null : readAnswer(data, header)
      if (header === null || answer === null)
        return { code: 'UNREADABLE', reason: 'The answer of a relay cannot be read.' }
      if (!answer.ok)
        return { code: answer.code ?? 'REFUSED', reason: answer.reason ?? 'The relay refused the stream.' }
      if (!line.isEnded) this.#own(line, header.relay)
      return null
    } catch {
      return { code: 'NO_RELAY', reason: `No relay publishes ${line.of.subject}.` }
    }
  }

  async #read(line: Line): Promise<StreamAnswer['refusal']> {
    const { connection, clock, stored, start } = this.#parts
    const { subject, position } = line.of
    try {
      const reader = await StoredReader.open({
        connection,
        clock,
        stream: stored,
        subject,
        start,
        memory: position.memory,
        listener: {
          onRecord: (record) => this.#onRecord(line, record),
          onLost: () => this.#fault(line, 'what was stored was removed before it was read'),
          onCaughtUp: (sequence) => this.#onCaughtUp(line, sequence),
          onEnd: (error) => this.#onReaderEnd(error),
        },
      })
      line.reader = reader
      if (line.isEnded) reader.close()
      else if (this.#isPaused) reader.pause()
      return null
    } catch (thrown) {
      const { code, shortMessage } = thrown as StreamError
      return { code, reason: shortMessage }
    }
  }

  #dropAll(): void {
    for (const subject of [...this.#lines.keys()]) this.#drop(subject)
  }

  #drop(subject: string): void {
    const line = this.#lines.get(subject)
    if (line === undefined) return
    this.#lines.delete(subject)
    line.isEnded = true
    line.reader?.close()
  }

  #onCaughtUp(line: Line, sequence: number): void {
    line.isLive = true
    if (this.#parts.start === 'new') return
    const text = `${line.of.subject}: everything that was stored is told, until ${sequence}; what follows is live`
    this.#emit('caught-up', line.name, 0, encoder.encode(text))
  }

  /** Without its reader a connection is of no use: the next one goes on where it was. */
  #onReaderEnd(error: StreamError | null): void {
    if (error !== null && !this.#isEnded) void this.#parts.connection.close()
  }

  #onRecord(line: Line, { payload }: StoredRecord): void {
    if (line.isEnded) return
    const { position } = line.of
    const header = readHeader(payload)
    if (header === null || !isNumbered(header)) {
      this.#emit('foreign', line.name, 0, payload)
      return
    }
    const isLate = header.epoch < position.epoch
    if (line.isLive) this.#own(line, header.relay)
    if (isLate && header.kind !== 'data') return
    position.epoch = Math.max(position.epoch, header.epoch)
    this.#emit('frame', line.name, isLate ? lateMark : 0, payload)
  }

  #onBeat(error: Error | null, { data }: Msg): void {
    const header = error === null ? readHeader(data) : null
    if (header?.kind !== 'beat') return
    this.#watch?.saw(header.relay)
    for (const { of } of this.#lines.values()) of.position.owners.saw(header.relay, this.#parts.clock.now())
  }

  #onDead(relay: number): void {
    for (const line of this.#lines.values()) {
      const { owners } = line.of.position
      if (!owners.end(relay)) continue
      const isLast = owners.count === 0
      if (!isLast) this.#fault(line, 'the relay that published it is gone')
      if (!isLast && line.isTold) this.#askAnew(line)
      if (!isLast) continue
      this.#leave(line, 'the relay that published it is gone')
      // One that was there before we heard of it is not noticed by its next beat.
      void this.#findOwner(line)
    }
  }

  #fault(line: Line, reason: string): void {
    line.of.position.noteHole()
    this.#emit('fault', line.name, 0, encoder.encode(reason))
  }

  #emit(kind: EnvelopeKind, name: Uint8Array, skip: number, payload: Uint8Array): void {
    const end = this.#envelopes.write(kind, name, skip, payload)
    const receivedAt = this.#parts.clock.now()
    const frame: InboundFrame = { bytes: this.#envelopes.bytes, start: 0, end, isBinary: true, receivedAt }
    this.#listener?.onFrame(frame)
  }

  #tell(answer: StreamAnswer): void {
    if (this.#isEnded) return
    const bytes = Buffer.from(JSON.stringify(answer))
    const receivedAt = this.#parts.clock.now()
    this.#listener?.onFrame({ bytes, start: 0, end: bytes.length, isBinary: false, receivedAt })
  }
}

function isNumbered({ kind }: FrameHeader): boolean {
  return kind === 'data' || kind === 'state' || kind === 'gap'
}
