import type { Clock } from '../clock/clock.js'
import type { FrameEvent, FrameKeeper, KeptSocket } from '../connection/frame-tap.js'
import { redactSecretsInAnswer } from '../errors/redact-record.js'
import type { InboundFrame } from '../model/inbound-frame.js'
import { RecordRing, type RingRecord } from '../ring/record-ring.js'
import type { MessageParser } from '../strategy/message-parser.js'

const outbound = 1
const binary = 2

/** URLs that are told apart; a socket of any other has none. */
const maxSources = 65_536
/** Answers of one socket that are kept beside the ring, bytes. */
const maxControlBytes = 256 * 1024

/** A frame as a line of a capture says it. */
export interface FrameLine {
  readonly t: number
  readonly dir: 'in' | 'out'
  readonly url?: string
  readonly text?: string
  readonly b64?: string
}

/** Frames from some time on, as they were when they were asked for. */
export interface KeptLines {
  /** Epoch ms of the first frame that is in it, answers that stand before them not counted; null where there is none. */
  readonly from: number | null
  lines(): Generator<FrameLine>
}

/** What an exchange answered on one socket, of an exchange whose parsers remember it. */
interface Control {
  readonly looker: MessageParser
  readonly records: (RingRecord & { readonly source: number })[]
  bytes: number
  isWhole: boolean
  endedAt: number | null
}

/** The newest frames of all sockets of a manager, in one ring; and what their parsers remember of the beginning of each socket that has frames there. */
export class KeptFrames implements FrameKeeper {
  readonly #ring: RecordRing
  readonly #parser: MessageParser
  /** URLs by number; 0 is none. */
  readonly #sources: (string | null)[] = [null]
  readonly #controls = new Set<Control>()
  #tooLong = 0

  readonly #clock: Clock

  constructor(maxBytes: number, parser: MessageParser, clock: Clock) {
    this.#clock = clock
    this.#ring = new RecordRing(maxBytes)
    this.#parser = parser
  }

  /** When the newest frame that is not kept any more was received or sent, epoch ms; null where all are. */
  get lostUntil(): number | null {
    return this.#ring.lostUntil
  }

  open({ socket, url }: Pick<FrameEvent, 'socket' | 'url'>): KeptSocket {
    const source = this.#sourceOf(`${url}#${socket}`)
    const control = this.#controlOf()
    const ring = this.#ring
    const keep = (time: number, flags: number, bytes: Uint8Array, start: number, end: number): void => {
      if (!ring.push(time, source, flags, bytes, start, end)) this.#tooLong += 1
    }
    return {
      keepInbound: (frame) => {
        if (control !== null) note(control, frame, source)
        keep(frame.receivedAt, frame.isBinary ? binary : 0, frame.bytes, frame.start, frame.end)
      },
      keep: (direction, data, time) => {
        const bytes = Buffer.from(data as string)
        const isBinary = typeof data !== 'string'
        if (control !== null && direction === 'in') {
          note(control, { bytes, start: 0, end: bytes.length, receivedAt: time, isBinary }, source)
        }
        keep(time, (direction === 'out' ? outbound : 0) + (isBinary ? binary : 0), bytes, 0, bytes.length)
      },
      end: () => {
        if (control !== null) control.endedAt = this.#clock.now()
      },
    }
  }

  /** What is kept from `from` on, epoch ms, whatever comes afterwards. */
  since(from: number): KeptLines {
    const records = this.#ring.copy()
    const first = firstSince(records, from)
    const begin = first ?? from
    const answers = [...this.#controls]
      .flatMap((control) => control.records)
      .filter(({ time }) => time < begin)
      .sort((left, right) => left.time - right.time)
    const sources = [...this.#sources]
    return {
      from: first,
      *lines() {
        for (const record of answers) yield lineOf(record, sources)
        for (const record of records) if (record.time >= begin) yield lineOf(record, sources)
      },
    }
  }

  /** What of the frames cannot be had, for people. */
  *lacks(): Generator<string> {
    if (this.#tooLong > 0) yield `${this.#tooLong} frames that are longer than maxBytes`
    const cut = [...this.#controls].filter(({ isWhole }) => !isWhole).length
    if (cut > 0)
      yield `some answers of ${cut} sockets that parsers may remember: there were more than ${maxControlBytes} bytes`
  }

  /** Lets go of what belongs to sockets that are gone, and of which no frame is kept any more. */
  tidy(): void {
    const { oldestTime } = this.#ring
    for (const control of this.#controls) {
      if (control.endedAt !== null && (oldestTime === null || oldestTime > control.endedAt))
        this.#controls.delete(control)
    }
  }

  #sourceOf(url: string): number {
    if (this.#sources.length >= maxSources) return 0
    return this.#sources.push(url) - 1
  }

  #controlOf(): Control | null {
    const looker = this.#parser.forConnection?.()
    if (looker === undefined) return null
    const control: Control = { looker, records: [], bytes: 0, isWhole: true, endedAt: null }
    this.#controls.add(control)
    return control
  }
}

function note(control: Control, frame: InboundFrame, source: number): void {
  if (control.looker.peek(frame) !== 'control') return
  const { bytes, start, end, receivedAt, isBinary } = frame
  if (control.bytes + end - start > maxControlBytes) {
    control.isWhole = false
    return
  }
  control.bytes += end - start
  const copy = Buffer.from(bytes.subarray(start, end))
  control.records.push({ time: receivedAt, source, flags: isBinary ? binary : 0, bytes: copy })
}

function firstSince(records: Iterable<RingRecord>, from: number): number | null {
  for (const { time } of records) if (time >= from) return time
  return null
}

function lineOf({ time, source, flags, bytes }: RingRecord, sources: readonly (string | null)[]): FrameLine {
  const url = sources[source] ?? null
  const isOut = (flags & outbound) !== 0
  return {
    t: time,
    dir: isOut ? 'out' : 'in',
    ...(url === null ? {} : { url }),
    ...((flags & binary) !== 0
      ? { b64: bytes.toString('base64') }
      : // Requests were looked through when they were sent.
        { text: isOut ? bytes.toString() : redactSecretsInAnswer(bytes.toString()) }),
  }
}
