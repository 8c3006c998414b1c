import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { systemReason } from '../testkit-error.js'
import { CaptureError } from './capture-error.js'
import type { Capture, CaptureFrame, CaptureRecord, CaptureResponse } from './capture-record.js'
import { parseCaptureLine } from './parse-capture-line.js'

const newline = 0x0a

/**
 * Reads a capture, and the REST answers beside it: `session.rest.jsonl` belongs to `session.jsonl`.
 * Throws a `CaptureError`: `ERR_CAPTURE_UNREADABLE` (no such file, no permission), `ERR_CAPTURE_EMPTY`, or `ERR_CAPTURE_LINE` for the first line it cannot read.
 */
export async function readCapture(path: string): Promise<Capture> {
  const frames: CaptureFrame[] = []
  const responses: CaptureResponse[] = []
  const rest = responsesPath(path)
  const files = rest !== path && (await exists(rest)) ? [path, rest] : [path]
  for (const file of files) {
    for await (const record of captureRecords(file)) {
      if (record.kind === 'frame') frames.push(record)
      else responses.push(record)
    }
  }
  if (frames.length + responses.length === 0) {
    throw new CaptureError('ERR_CAPTURE_EMPTY', { file: path, line: null }, 'it holds no frame', 'Record it again.')
  }
  return { frames, responses }
}

/** The records of one file, one after the other: for captures too large to hold. Throws as `readCapture`, but takes an empty file as it is. */
export async function* captureRecords(path: string): AsyncGenerator<CaptureRecord> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 0
  for await (const bytes of fileLines(path)) {
    line++
    let text: string
    try {
      text = decoder.decode(bytes).trim()
    } catch (cause) {
      const hint = 'Captures are UTF-8; binary frames are stored as base64.'
      throw new CaptureError('ERR_CAPTURE_LINE', { file: path, line }, 'it is not UTF-8', hint, cause)
    }
    if (text !== '') yield parseCaptureLine(text, line, path)
  }
}

/** Where the REST answers of a capture are: `session.rest.jsonl` for `session.jsonl`. */
export function responsesPath(path: string): string {
  if (path.endsWith('.rest.jsonl')) return path
  return path.endsWith('.jsonl') ? `${path.slice(0, -'.jsonl'.length)}.rest.jsonl` : `${path}.rest.jsonl`
}

async function* fileLines(path: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        parts.push(chunk.subarray(start, end))
        yield Buffer.concat(parts)
        parts = []
        start = end + 1
      }
      if (start < chunk.length) parts.push(chunk.subarray(start))
    }
  } catch (cause) {
    if (cause instanceof CaptureError) throw cause
    const hint = 'Check the path, and that the file can be read.'
    throw new CaptureError(
      'ERR_CAPTURE_UNREADABLE',
      { file: path, line: null },
      `it cannot be read (${systemReason(cause)})`,
      hint,
      cause,
    )
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
