import { CaptureError } from './capture-error.js'
import type { CaptureBook, CaptureRecord } from './capture-record.js'

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const frameShape =
  'A frame is {"t": ms, "dir": "in" or "out", "url": text, "text": text} with "b64" instead of "text" where it is binary'
const bookShape =
  'An order book is {"t": ms, "symbol": "BTC/USDT", "sequence": number, "bids": [price, size, …], "asks": [price, size, …]}'
const responseShape = 'a REST answer is {"t": ms, "url": text, "status": number, "body": text}'

/**
 * Reads one line of a capture: a frame `{t?, dir, url?, text | b64}` or a REST answer `{t?, url, status, body}`.
 * Throws a `CaptureError` with code `ERR_CAPTURE_LINE` for anything else; `file` is named in it.
 */
export function parseCaptureLine(text: string, lineNumber: number, file: string | null = null): CaptureRecord {
  const fail = failureOf(`${frameShape}; ${responseShape}.`, lineNumber, file)
  const fields = parseObject(text, fail)
  const { t = null, url = null, dir, status, body } = fields
  if (t !== null && typeof t !== 'number') throw fail('"t" is not a number of milliseconds')
  if (url !== null && typeof url !== 'string') throw fail('"url" is not text')
  const place = { line: lineNumber, t, url }
  if (status !== undefined || body !== undefined) {
    if (!isStatus(status)) throw fail('"status" is not an HTTP status from 100 to 599')
    if (typeof body !== 'string')
      throw fail('"body" is not text', 'Store the raw text of the answer, also where it is JSON.')
    return { kind: 'response', ...place, status, body }
  }
  if (dir === undefined) throw fail('it is neither a frame nor a REST answer')
  if (dir !== 'in' && dir !== 'out') throw fail('"dir" is neither "in" nor "out"')
  return { kind: 'frame', ...place, dir, content: frameContent(fields, fail) }
}

/** Reads one line of the books beside a capture. Throws as `parseCaptureLine`. */
export function parseBookLine(text: string, lineNumber: number, file: string | null = null): CaptureBook {
  const fail = failureOf(`${bookShape}.`, lineNumber, file)
  const { t = null, symbol, sequence, bids, asks } = parseObject(text, fail)
  if (t !== null && typeof t !== 'number') throw fail('"t" is not a number of milliseconds')
  if (typeof symbol !== 'string') throw fail('"symbol" is not text')
  if (typeof sequence !== 'number') throw fail('"sequence" is not a number')
  if (!areLevels(bids) || !areLevels(asks)) throw fail('"bids" and "asks" are not both lists of prices and sizes')
  return { line: lineNumber, t, symbol, sequence, bids, asks }
}

function areLevels(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length % 2 === 0 && value.every((item) => typeof item === 'number')
}

function failureOf(shape: string, line: number, file: string | null): Fail {
  return (reason, hint = shape, cause) => new CaptureError('ERR_CAPTURE_LINE', { file, line }, reason, hint, cause)
}

type Fail = (reason: string, hint?: string, cause?: unknown) => CaptureError

function parseObject(text: string, fail: Fail): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw fail(
      'it is not JSON',
      'A line that was cut off, as the last one of an interrupted recording, can be deleted.',
      cause,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail('it is not a JSON object')
  return value as Record<string, unknown>
}

function frameContent({ text, b64 }: Record<string, unknown>, fail: Fail): string | Buffer {
  if ((text === undefined) === (b64 === undefined)) throw fail('a frame has either "text" or "b64"')
  if (b64 === undefined) {
    if (typeof text !== 'string')
      throw fail('"text" is not text', 'Store the raw text of the frame, also where it is JSON.')
    return text
  }
  if (typeof b64 !== 'string' || !base64.test(b64)) throw fail('"b64" is not base64')
  return Buffer.from(b64, 'base64')
}

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && Number(status) >= 100 && Number(status) <= 599
}
