import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { systemReason } from '../testkit-error.js'
import { CaptureError } from './capture-error.js'

const newline = 0x0a
const gzipMark = Buffer.from([0x1f, 0x8b])

/**
 * What `parse` makes of each line that is not blank, one after the other; a file that was written with gzip is known by its first bytes.
 * Throws a `CaptureError`: `ERR_CAPTURE_UNREADABLE`, or `ERR_CAPTURE_LINE` for a line that is not UTF-8, and whatever `parse` throws.
 */
export async function* captureLines<Parsed>(
  path: string,
  parse: (text: string, line: number, file: string) => Parsed,
): AsyncGenerator<Parsed> {
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
    if (text !== '') yield parse(text, line, path)
  }
}

async function* fileLines(path: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  const chunks = fileChunks(path)
  for (;;) {
    const { value: chunk, done } = await chunks.next().catch((cause) => {
      throw unreadable(path, cause)
    })
    if (done === true) break
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      parts.push(chunk.subarray(start, end))
      yield Buffer.concat(parts)
      parts = []
      start = end + 1
    }
    if (start < chunk.length) parts.push(chunk.subarray(start))
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}

async function* fileChunks(path: string): AsyncGenerator<Buffer, void> {
  if (await isZipped(path)) {
    // What goes wrong reaches whoever reads.
    yield* pipeline(createReadStream(path), createGunzip(), () => {}) as AsyncIterable<Buffer>
  } else yield* createReadStream(path) as AsyncIterable<Buffer>
}

async function isZipped(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(gzipMark.length), 0, gzipMark.length, 0)
    return buffer.equals(gzipMark)
  } finally {
    await file.close()
  }
}

function unreadable(path: string, cause: unknown): CaptureError {
  const code = systemReason(cause)
  const [reason, hint] = faultOf(code)
  return new CaptureError('ERR_CAPTURE_UNREADABLE', { file: path, line: null }, reason, hint, cause)
}

/** What is wrong, and what to do about it. */
function faultOf(code: string): readonly [string, string] {
  if (code === 'Z_BUF_ERROR') return ['it is cut off: its gzip has no end', 'gzip -dc prints what is left of it.']
  if (code.startsWith('Z_'))
    return [
      `its gzip is damaged (${code})`,
      'Its content is not what was written: fetch it again from where it came from. gzip -dc prints what comes before the damage.',
    ]
  return [`it cannot be read (${code})`, 'Check the path, and that the file can be read.']
}
