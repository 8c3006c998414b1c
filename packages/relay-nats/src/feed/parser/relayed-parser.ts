import { parseInstrument, type Stream } from '@tapewire/core'
import {
  confirmMessage,
  errorMessage,
  frameText,
  type InboundFrame,
  type MessageParser,
  malformedFrame,
  otherMessage,
  type ParsedMessage,
  type Peek,
  type StreamTable,
  stateMessage,
  unknownMessage,
} from '@tapewire/core/adapter'
import { type FrameHeader, frameFlags, readHeader } from '../../encoding/frame-header.js'
import { readAlerts, readGaps, readMessages, readStates } from '../../encoding/read-frame.js'
import type { StreamAnswer } from '../transport/answer.js'
import { disownedMark, kindAt, readFault, subjectStart } from '../transport/envelope.js'
import type { Admission } from './admission.js'
import type { RelayGaps } from './relay-gaps.js'

type Parsed = ParsedMessage | readonly ParsedMessage[]

const nothing: readonly ParsedMessage[] = []

/** What a parser of relayed streams is made with. */
export interface RelayedParserParts {
  /** The streams by the bytes of their subjects. */
  readonly table: StreamTable
  /** Where relays say what they alert of; null where that does not come. */
  readonly alerts: string | null
  readonly admission: Admission
  /** Hears what relays say of their own gaps, and what else is missing. */
  readonly gaps: RelayGaps
  /** Called behind the last message, where streams have an end; null where they have none. */
  readonly onEnd: (() => void) | null
}

/** Reads what the transport brings: envelopes, and its answers. */
export class RelayedParser implements MessageParser {
  readonly #table: StreamTable
  readonly #alerts: string | null
  readonly #admission: Admission
  readonly #gaps: RelayGaps
  readonly #onEnd: (() => void) | null

  constructor({ table, alerts, admission, gaps, onEnd }: RelayedParserParts) {
    this.#table = table
    this.#alerts = alerts
    this.#admission = admission
    this.#gaps = gaps
    this.#onEnd = onEnd
  }

  /** Every frame is read, and in its turn: what is wrong with a stream must not overtake what came before. */
  peek({ isBinary }: InboundFrame): Peek {
    return isBinary ? null : 'control'
  }

  parse(frame: InboundFrame): Parsed {
    if (!frame.isBinary) return readStreamAnswer(frame)
    const { bytes, start, end, receivedAt } = frame
    const kind = kindAt(bytes, start)
    if (kind === null || end - start < subjectStart) return malformedFrame(receivedAt, 'no envelope')
    const payloadStart = start + subjectStart + bytes.readUInt16LE(start + 5)
    if (payloadStart > end) return malformedFrame(receivedAt, 'an envelope that ends in its subject')
    const stream = this.#table.at(bytes, start + subjectStart, payloadStart)
    const payload = bytes.subarray(payloadStart, end)
    switch (kind) {
      case 'foreign':
        return unknownMessage(receivedAt, `${payload.length} bytes that are no frame of a relay`)
      case 'caught-up':
        return otherMessage(receivedAt, stream?.wireChannel ?? null, payload.toString())
      case 'end':
        // What is parsed here is told first.
        if (this.#onEnd !== null) queueMicrotask(this.#onEnd)
        return otherMessage(receivedAt, null, payload.toString())
      case 'fault':
        return stream === null ? nothing : this.#readFault(stream, payload, bytes.readUInt32LE(start + 1), receivedAt)
      case 'frame':
        if (stream !== null) return this.#readRecords(stream, payload, bytes.readUInt32LE(start + 1), receivedAt)
        return this.#readBeside(bytes.toString('utf8', start + subjectStart, payloadStart), payload, receivedAt)
    }
  }

  #readFault(stream: Stream, payload: Buffer, mark: number, receivedAt: number): Parsed {
    const fault = readFault(payload)
    if (fault === null) return this.#unreadable(stream, 'a fault that cannot be read', receivedAt)
    const { reason, wholeUntil } = fault
    if (mark === disownedMark) this.#admission.noteDisowned?.(stream)
    this.#gaps.noteHole(stream, reason)
    return errorMessage(receivedAt, 'ERR_RELAY_GAP', reason, { stream, ...(wholeUntil === null ? {} : { wholeUntil }) })
  }

  #unreadable(stream: Stream, fault: string, receivedAt: number): Parsed {
    this.#gaps.noteHole(stream, fault)
    return malformedFrame(receivedAt, fault, { stream })
  }

  #readRecords(stream: Stream, payload: Buffer, mark: number, receivedAt: number): Parsed {
    const header = readHeader(payload)
    const continues = header !== null && (header.flags & frameFlags.continues) !== 0
    if (continues) this.#gaps.noteTakeOver(stream)
    switch (header?.kind) {
      case 'data': {
        const messages = readMessages(payload, header, { stream, instrumentOf: parseInstrument, receivedAt })
        if (messages === null) return this.#unreadable(stream, 'records of a relay that cannot be read', receivedAt)
        return this.#admission.admit(stream, { payload, messages, mark, continues })
      }
      case 'state':
        return this.#readStates(stream, payload, header, receivedAt)
      case 'gap':
        return this.#readGaps(stream, payload, header, receivedAt)
      default:
        return this.#unreadable(stream, 'a frame of a relay that cannot be read', receivedAt)
    }
  }

  /**
   * A stream that is not whole at the relay is not whole here either. That it is live again says its next data, or its book; of one that was silent only, or is asked for again, the relay. A book is
   * asked for here once it is gapped, and has nothing that a relay would fetch.
   */
  #readStates(stream: Stream, payload: Buffer, header: FrameHeader, receivedAt: number): Parsed {
    const states = readStates(payload, header)
    if (states === null) return this.#unreadable(stream, 'a state of a relay that cannot be read', receivedAt)
    const isBook = stream.channel === 'orderbook'
    let { status: before } = stream
    return states.flatMap((state) => {
      const { status, reason, since } = state
      this.#admission.noteState(stream, state, (header.flags & frameFlags.continues) !== 0)
      if (status === 'gapped') {
        before = status
        const text = `The stream is gapped at its relay: ${reason}.`
        const error = errorMessage(receivedAt, 'ERR_RELAY_GAP', text, { stream })
        if (isBook) return error
        this.#gaps.noteAway(stream, header.relay, since)
        return [error, stateMessage(receivedAt, stream, status, text)]
      }
      // Nobody has to hear of what is as it was.
      const isNews =
        status === 'stale' ||
        (status === 'live' && before === 'stale') ||
        (status === 'syncing' && before === 'gapped' && !isBook)
      return isNews ? stateMessage(receivedAt, stream, status, reason) : nothing
    })
  }

  #readGaps(stream: Stream, payload: Buffer, header: FrameHeader, receivedAt: number): Parsed {
    const gaps = readGaps(payload, header)
    if (gaps === null) return this.#unreadable(stream, 'a gap of a relay that cannot be read', receivedAt)
    return gaps.map((gap) => {
      this.#gaps.noteGap(stream, header.relay, gap)
      const { from, to, action, reason } = gap
      const until = to === null ? 'its end' : timeOf(to)
      const detail = `${stream.id}: a gap at the relay from ${timeOf(from)} to ${until}, ${action}: ${reason}`
      return otherMessage(receivedAt, stream.wireChannel, detail)
    })
  }

  /** What is no stream of ours: an alert of a relay. */
  #readBeside(subject: string, payload: Buffer, receivedAt: number): Parsed {
    const header = readHeader(payload)
    const alerts = subject === this.#alerts && header !== null ? readAlerts(payload, header) : null
    if (alerts === null) return unknownMessage(receivedAt, `${payload.length} bytes that are no alert of a relay`)
    return alerts.map(({ kind, status, severity, reason }) =>
      otherMessage(receivedAt, 'alerts', `${status} ${severity} ${kind}: ${reason}`),
    )
  }
}

/** A time as people read it; a stranger's may be none. */
function timeOf(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time)
}

function readStreamAnswer(frame: InboundFrame): Parsed {
  const { receivedAt } = frame
  const { action, requestId, streamId, refusal } = JSON.parse(frameText(frame) ?? '') as StreamAnswer
  if (refusal === null) return confirmMessage(receivedAt, { action, requestId, accepted: [streamId] })
  const { code: exchangeCode, reason } = refusal
  return confirmMessage(receivedAt, {
    action,
    requestId,
    rejected: [{ streamId, exchangeCode, reason, retryable: true }],
  })
}
