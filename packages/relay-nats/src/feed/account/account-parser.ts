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
  unknownMessage,
} from '@tapewire/core/adapter'
import { type FrameHeader, readHeader } from '../../encoding/frame-header.js'
import { readGaps, readMessages, readStates } from '../../encoding/read-frame.js'
import type { StreamAnswer } from '../answer.js'
import { kindAt, subjectStart } from '../envelope.js'
import type { AccountStreams } from './account-streams.js'
import { lateMark } from './account-transport.js'
import { OrderStates } from './order-states.js'

type Parsed = ParsedMessage | readonly ParsedMessage[]

/** Reads what the transport of an account brings: stored records in their envelopes, and its answers. */
export class AccountParser implements MessageParser {
  readonly #streams: AccountStreams
  readonly #orders = new OrderStates()

  constructor(streams: AccountStreams) {
    this.#streams = streams
  }

  /** Every frame is read, and in its turn: what is wrong with a stream must not overtake what came before. */
  peek({ isBinary }: InboundFrame): Peek {
    return isBinary ? null : 'control'
  }

  parse(frame: InboundFrame): Parsed {
    if (!frame.isBinary) return readAnswerOf(frame)
    const { bytes, start, end, receivedAt } = frame
    const kind = end - start < subjectStart ? null : kindAt(bytes, start)
    const payloadStart = kind === null ? end : start + subjectStart + bytes.readUInt16LE(start + 5)
    const stream = payloadStart > end ? null : this.#streams.table.at(bytes, start + subjectStart, payloadStart)
    if (kind === null || stream === null) return malformedFrame(receivedAt, 'an envelope that cannot be read')
    const payload = bytes.subarray(payloadStart, end)
    if (kind === 'foreign') return unknownMessage(receivedAt, `${payload.length} bytes that are no record of a relay`)
    if (kind === 'caught-up') return otherMessage(receivedAt, stream.wireChannel, payload.toString())
    if (kind === 'fault') return errorMessage(receivedAt, 'RELAY', payload.toString(), { stream })
    return this.#readRecord(stream, payload, bytes.readUInt32LE(start + 1) === lateMark, receivedAt)
  }

  #readRecord(stream: Stream, payload: Buffer, isLate: boolean, receivedAt: number): Parsed {
    const header = readHeader(payload)
    switch (header?.kind) {
      case 'data': {
        const messages = readMessages(payload, header, { stream, instrumentOf: parseInstrument, receivedAt })
        if (messages === null) return malformedFrame(receivedAt, 'records of a relay that cannot be read', { stream })
        return messages.filter((message) => this.#orders.admit(message, isLate))
      }
      case 'state':
        return this.#readStates(stream, payload, header, receivedAt)
      case 'gap':
        return this.#readGaps(stream, payload, header, receivedAt)
      default:
        return malformedFrame(receivedAt, 'a record of a relay that cannot be read', { stream })
    }
  }

  /** A stream that is not whole at the relay is not whole here either. */
  #readStates(stream: Stream, payload: Buffer, header: FrameHeader, receivedAt: number): Parsed {
    const states = readStates(payload, header)
    if (states === null) return malformedFrame(receivedAt, 'a state of a relay that cannot be read', { stream })
    const gapped = states.filter(({ status }) => status === 'gapped')
    if (gapped.length > 0) this.#streams.positionOf(stream)?.noteHole()
    return gapped.map(({ reason }) => errorMessage(receivedAt, 'RELAY', `gapped at the relay: ${reason}`, { stream }))
  }

  #readGaps(stream: Stream, payload: Buffer, header: FrameHeader, receivedAt: number): Parsed {
    const gaps = readGaps(payload, header)
    if (gaps === null) return malformedFrame(receivedAt, 'a gap of a relay that cannot be read', { stream })
    return gaps.map(({ action, backfilled, reason }) =>
      otherMessage(receivedAt, stream.wireChannel, `a gap at the relay, ${action}, ${backfilled} fetched: ${reason}`),
    )
  }
}

function readAnswerOf(frame: InboundFrame): Parsed {
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
