import { createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StreamError } from '../errors/stream-error.js'

/** What a capture consists of: its own lines, and those of the files beside it. */
export interface CaptureLines {
  readonly frames: Iterable<object>
  readonly responses: Iterable<object>
  readonly books: Iterable<object>
}

/** Text that is written at once, characters. */
const chunkLength = 65_536

/**
 * Writes a capture as the testkit reads it: `x.jsonl`, and `x.rest.jsonl` and `x.books.jsonl` beside it where they have a line. They have their names once all are complete. Resolves with the paths, that of the capture first.
 * Rejects with `ERR_FLIGHT_UNWRITABLE`, also where there is such a file already; then nothing is left of it.
 */
export async function writeCapture(
  path: string,
  { frames, responses, books }: CaptureLines,
): Promise<readonly string[]> {
  const written: string[] = []
  try {
    await mkdir(dirname(path), { recursive: true })
    if (await exists(path)) throw new Error('it is there already')
    for (const [name, lines] of [
      [path, frames],
      [besides(path, 'rest'), responses],
      [besides(path, 'books'), books],
    ] as const) {
      if (name === path || !isEmpty(lines)) {
        written.push(name)
        await pipeline(Readable.from(chunksOf(lines)), createWriteStream(unfinished(name)))
      }
    }
    // The frames last: whoever sees them finds the rest.
    for (const name of [...written].reverse()) await rename(unfinished(name), name)
    return written
  } catch (cause) {
    await removeAll(written.map(unfinished))
    throw unwritable(path, cause)
  }
}

/** Removes files as far as that is possible. */
export async function removeAll(paths: readonly string[]): Promise<void> {
  await Promise.allSettled(paths.map((path) => rm(path, { force: true })))
}

function* chunksOf(lines: Iterable<object>): Generator<string> {
  let chunk = ''
  for (const line of lines) {
    chunk += `${JSON.stringify(line)}\n`
    if (chunk.length < chunkLength) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

function isEmpty(lines: Iterable<object>): boolean {
  for (const _line of lines) return false
  return true
}

function besides(path: string, what: 'rest' | 'books'): string {
  return `${path.replace(/\.jsonl$/, '')}.${what}.jsonl`
}

function unfinished(path: string): string {
  return `${path}.part`
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function unwritable(path: string, cause: unknown): StreamError {
  const reason = cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause)
  return new StreamError('ERR_FLIGHT_UNWRITABLE', 'What the flight recorder has could not be written.', {
    context: { File: path, Reason: reason },
    hint: 'Check that the folder may be written to, and has room.',
    cause,
  })
}
