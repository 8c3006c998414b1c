import { access } from 'node:fs/promises'
import { CaptureError } from './capture-error.js'
import { captureLines } from './capture-lines.js'
import { booksPath, responsesPath } from './capture-paths.js'
import type { Capture, CaptureBook, CaptureFrame, CaptureRecord, CaptureResponse } from './capture-record.js'
import { parseBookLine, parseCaptureLine } from './parse-capture-line.js'

/**
 * Reads a capture, the REST answers beside it (`session.rest.jsonl` belongs to `session.jsonl`), and the books it begins with (`session.books.jsonl`), with gzip or without.
 * Throws a `CaptureError`: `ERR_CAPTURE_UNREADABLE` (no such file, no permission), `ERR_CAPTURE_EMPTY`, or `ERR_CAPTURE_LINE` for the first line it cannot read.
 */
export async function readCapture(path: string): Promise<Capture> {
  const frames: CaptureFrame[] = []
  const responses: CaptureResponse[] = []
  const books: CaptureBook[] = []
  const rest = responsesPath(path)
  const files = rest !== path && (await exists(rest)) ? [path, rest] : [path]
  for (const file of files) {
    for await (const record of captureRecords(file)) {
      if (record.kind === 'frame') frames.push(record)
      else responses.push(record)
    }
  }
  if (await exists(booksPath(path)))
    for await (const book of captureLines(booksPath(path), parseBookLine)) books.push(book)
  if (frames.length + responses.length === 0) {
    throw new CaptureError('ERR_CAPTURE_EMPTY', { file: path, line: null }, 'it holds no frame', 'Record it again.')
  }
  return { frames, responses, books }
}

/** The records of one file, one after the other: for captures too large to hold. Throws as `readCapture`, but takes an empty file as it is. */
export function captureRecords(path: string): AsyncGenerator<CaptureRecord> {
  return captureLines(path, parseCaptureLine)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
