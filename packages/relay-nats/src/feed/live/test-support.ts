import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { ManualClock } from '@tapewire/core/testing'
import { FrameWriter } from '../../encoding/frame-writer.js'
import { HopMeter } from '../hop-meter.js'
import { RelayGaps } from '../parser/relay-gaps.js'
import type { StreamAnswer } from '../transport/answer.js'
import { kindAt, readFault, subjectStart } from '../transport/envelope.js'
import { RelayedTransport } from '../transport/relayed-transport.js'
import { LiveLines } from './live-lines.js'

const subject = 'tapewire.acme_spot.trades.BTC/USDT'
const maxHeldBytes = 65_536

/** Of which relay a frame is. */
export interface Publisher {
  readonly relay: number
  readonly epoch: number
  readonly flags?: number
}

interface Subscribed {
  readonly subject: string
  callback(error: Error | null, message: Msg): void
}

/** One stream that is followed over a connection to NATS that is only made up, on a clock that stands still. */
export class LiveBench {
  readonly clock: ManualClock = new ManualClock(1_000_000)
  readonly hop: HopMeter = new HopMeter()
  /** What came of the stream, in order: the numbers of its records, and what was wrong with it. */
  readonly told: (number | string)[] = []
  readonly answers: StreamAnswer[] = []
  readonly transport: RelayedTransport
  /** Where those who ask for the stream want to hear of it, the first that asked first. */
  readonly asks: string[] = []
  readonly #subscribed = new Set<Subscribed>()
  readonly #writer = new FrameWriter()
  #requests = 0

  constructor() {
    this.transport = new RelayedTransport({
      connection: this.#connection(),
      clock: this.clock,
      beats: 'tapewire-beat.acme_spot.*',
      alerts: null,
      beatIntervalMs: 1_000,
      answerTimeoutMs: 2_000,
      lines: (desk) =>
        new LiveLines(desk, {
          prefix: 'tapewire',
          maxHeldBytes,
          hop: this.hop,
          followed: new Set(),
          gaps: new RelayGaps(),
        }),
    })
    this.transport.listen({
      onFrame: ({ bytes, start, end, isBinary }) => this.#onFrame(bytes.subarray(start, end), isBinary),
      onPong: () => {},
      onClose: () => {},
    })
  }

  /** What the line says of what it has heard of: records that are not there, and what is wrong. */
  get faults(): readonly (number | string)[] {
    return this.told.filter((one) => typeof one === 'string')
  }

  get numbers(): readonly (number | string)[] {
    return this.told.filter((one) => typeof one === 'number')
  }

  /** The manager asks for the stream, or for it to end. */
  request(action: StreamAnswer['action']): void {
    this.#requests += 1
    this.transport.send(JSON.stringify({ action, requestId: this.#requests, streamIds: [subject] }))
  }

  /** These records are published, in one frame: each says its number. */
  publish(sequence: number, count: number, { relay, epoch, flags = 0 }: Publisher): void {
    const writer = this.#writer
    writer.begin('state', { relay, epoch, sequence, flags })
    for (let index = 0; index < count; index += 1) writer.addState({ status: 'live', reason: '', since: 0 })
    this.#bring(subject, writer.finish(0))
  }

  /** A relay answers the one who asked last, or another one. */
  answer(last: number, { relay, epoch }: Publisher, ask: string | undefined = this.asks.at(-1)): void {
    const writer = this.#writer
    writer.begin('answer', { relay, epoch, sequence: last })
    writer.addAnswer({ ok: true, code: null, reason: null, epoch, sequence: last, status: 'live' })
    this.#bring(ask ?? '', writer.finish(0))
  }

  /** Nobody listens for who asks. */
  answerNobody(): void {
    this.#bring(this.asks.at(-1) ?? '', new Uint8Array(0), 503)
  }

  #bring(to: string, data: Uint8Array, code?: number): void {
    const message = { subject: to, data, ...(code === undefined ? {} : { headers: { code } }) } as unknown as Msg
    for (const one of [...this.#subscribed]) {
      const isMeant = one.subject === to || (one.subject.endsWith('.*') && to.startsWith(one.subject.slice(0, -1)))
      if (isMeant) one.callback(null, message)
    }
  }

  #onFrame(frame: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      this.answers.push(JSON.parse(frame.toString()) as StreamAnswer)
      return
    }
    const payload = frame.subarray(subjectStart + frame.readUInt16LE(5))
    if (kindAt(frame, 0) === 'fault') {
      this.told.push(readFault(payload)?.reason ?? 'a fault that cannot be read')
      return
    }
    const [mark, count, first] = [frame.readUInt32LE(1), payload.readUInt16LE(6), payload.readDoubleLE(20)]
    for (let index = mark; index < count; index += 1) this.told.push(first + index)
  }

  #connection(): NatsConnection {
    const connection = {
      subscribe: (to: string, { callback }: Pick<Subscribed, 'callback'>): Subscription => {
        const one = { subject: to, callback }
        this.#subscribed.add(one)
        return { unsubscribe: () => this.#subscribed.delete(one) } as unknown as Subscription
      },
      publish: (_: string, __: Uint8Array, { reply }: { readonly reply: string }) => this.asks.push(reply),
      isClosed: () => false,
      closed: () => new Promise<never>(() => {}),
      flush: async () => {},
    }
    return connection as unknown as NatsConnection
  }
}
