import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redactRequest, redactSecretsInAnswer } from '@tapewire/core/adapter'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CaptureError } from './capture-error.js'
import { booksPath, partPath, responsesPath } from './capture-paths.js'
import type { CaptureFrame, CaptureResponse } from './capture-record.js'
import { CaptureWriter } from './capture-writer.js'
import { parseCaptureLine } from './parse-capture-line.js'
import { readCapture } from './read-capture.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapewire-capture-'))
})
afterEach(() => rm(folder, { recursive: true }))

const time = fc.option(fc.double({ min: 0, max: 4e12, noNaN: true }).map((t) => t + 0))
const url = fc.constantFrom(
  null,
  'wss://api.gateio.ws/ws/v4/',
  'https://api.mexc.com/api/v3/depth?symbol=BTCUSDT&limit=1000',
)
const content = fc.oneof(
  fc.string({ unit: 'binary' }),
  // A field that is called as a secret is would not come back.
  fc.json().filter((text) => redactRequest(text) === text && redactSecretsInAnswer(text) === text),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)
const frame = fc.record({ t: time, dir: fc.constantFrom('in', 'out'), url, content })
const response = fc.record({
  t: time,
  url,
  status: fc.integer({ min: 100, max: 599 }),
  body: fc.string({ unit: 'binary' }),
})

async function write(
  path: string,
  frames: readonly Omit<CaptureFrame, 'kind' | 'line'>[],
  responses: readonly Omit<CaptureResponse, 'kind' | 'line'>[] = [],
): Promise<void> {
  const writer = new CaptureWriter(path)
  for (const one of frames) writer.writeFrame(one)
  for (const one of responses) writer.writeResponse(one)
  await writer.close()
}

async function failure(content: string | Buffer): Promise<CaptureError> {
  const path = join(folder, 'bad.jsonl')
  await writeFile(path, content)
  const error = await readCapture(path).catch((thrown: unknown) => thrown)
  if (!(error instanceof CaptureError)) throw new Error('The capture was read.', { cause: error })
  return error
}

describe('CaptureWriter and readCapture', () => {
  it('give back exactly the frames and answers that went in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 20 }),
        fc.array(response, { maxLength: 5 }),
        async (frames, responses) => {
          const inner = await mkdtemp(join(folder, 'run-'))
          const path = join(inner, 'session.jsonl')
          await write(path, frames, responses)
          const capture = await readCapture(path)
          expect(capture.frames).toEqual(frames.map((one, index) => ({ kind: 'frame', line: index + 1, ...one })))
          expect(capture.responses).toEqual(
            responses.map((one, index) => ({ kind: 'response', line: index + 1, ...one })),
          )
        },
      ),
      { numRuns: 40 },
    )
  })

  it('write one plain JSON object a line, with the fields in the order of the format', async () => {
    const path = join(folder, 'session.jsonl')
    await write(
      path,
      [
        { t: 1.5, dir: 'in', url: 'wss://host/', content: '{"a":1}' },
        { t: null, dir: 'out', url: null, content: Buffer.from([1, 2]) },
      ],
      [{ t: 2, url: 'https://host/depth?limit=5', status: 200, body: '{}' }],
    )
    expect(await readFile(path, 'utf8')).toBe(
      '{"t":1.5,"dir":"in","url":"wss://host/","text":"{\\"a\\":1}"}\n{"dir":"out","b64":"AQI="}\n',
    )
    expect(await readFile(join(folder, 'session.rest.jsonl'), 'utf8')).toBe(
      '{"t":2,"url":"https://host/depth?limit=5","status":200,"body":"{}"}\n',
    )
  })

  it('keep every secret out of the file, and every other byte in', async () => {
    const path = join(folder, 'session.jsonl')
    const login =
      '{"time":1,"channel":"spot.orders","auth":{"method":"api_key","KEY":"hush1","SIGN":"hu\\"sh2"},"payload":["!all"]}'
    const listed = '{"op":"login","auth":["hush3","hush4"],"apiKey": "hush5","signature":"hush6"}'
    const data = '{"token":"BTC","key":"plain","listenKey":"hush7","id":36028800000000021}'
    await write(
      path,
      [
        { t: null, dir: 'out', url: 'wss://user:hush8@host/ws?listenKey=hush9&x=1', content: login },
        { t: null, dir: 'out', url: null, content: listed },
        { t: null, dir: 'in', url: null, content: data },
      ],
      [{ t: null, url: 'https://host/order?signature=hush10&limit=5', status: 200, body: '{"listenKey":"hush11"}' }],
    )
    const { frames, responses } = await readCapture(path)
    const written = (await readFile(path, 'utf8')) + (await readFile(join(folder, 'session.rest.jsonl'), 'utf8'))
    expect(written).not.toMatch(/hu.{0,2}sh\d/)
    expect(frames[0]?.url).toBe('wss://host/ws?listenKey=REDACTED&x=1')
    expect(frames[0]?.content).toBe(
      '{"time":1,"channel":"spot.orders","auth":{"method":"REDACTED","KEY":"REDACTED","SIGN":"REDACTED"},"payload":["!all"]}',
    )
    expect(frames[2]?.content).toBe('{"token":"BTC","key":"plain","listenKey":"REDACTED","id":36028800000000021}')
    expect(responses[0]?.url).toBe('https://host/order?signature=REDACTED&limit=5')
  })

  it('show the capture under its name only once it is complete', async () => {
    const path = join(folder, 'session.jsonl')
    const writer = new CaptureWriter(path)
    writer.writeFrame({ t: null, dir: 'in', url: null, content: 'x' })
    expect(writer.bufferedBytes).toBeGreaterThan(0)
    expect(await readdir(folder)).not.toContain('session.jsonl')
    await writer.close()
    expect(await readdir(folder)).toEqual(['session.jsonl'])
  })

  it('leave nothing behind when a recording is discarded', async () => {
    const writer = new CaptureWriter(join(folder, 'session.jsonl'))
    writer.writeFrame({ t: null, dir: 'in', url: null, content: 'x' })
    writer.writeResponse({ t: null, url: null, status: 200, body: '' })
    await writer.discard()
    expect(await readdir(folder)).toEqual([])
  })

  it('say what is wrong where the file cannot be written', async () => {
    const writer = new CaptureWriter(join(folder, 'nowhere', 'session.jsonl'))
    const unwritable = { code: 'ERR_CAPTURE_UNWRITABLE', reason: 'it cannot be written (ENOENT)' }
    await expect(writer.opened()).rejects.toMatchObject(unwritable)
    await expect(writer.close()).rejects.toMatchObject(unwritable)
    expect(() => writer.writeFrame({ t: null, dir: 'in', url: null, content: 'x' })).toThrow(/ERR_CAPTURE_UNWRITABLE/)
    await writer.discard()
  })

  it('give back what was written with gzip, and the books it begins with', async () => {
    const path = join(folder, 'session.jsonl.gz')
    const writer = new CaptureWriter(path)
    const book = { t: 5, symbol: 'BTC/USDT', sequence: 17, bids: [87500.5, 0.25], asks: [] }
    writer.writeBook(book)
    writer.writeFrame({ t: 6, dir: 'in', url: null, content: 'x' })
    writer.writeResponse({ t: 7, url: 'https://host/depth', status: 200, body: '{}' })
    expect(writer.writtenBytes).toBe(164)
    await writer.close()
    expect((await readdir(folder)).sort()).toEqual([
      'session.books.jsonl.gz',
      'session.jsonl.gz',
      'session.rest.jsonl.gz',
    ])
    expect((await readFile(path)).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
    const { frames, responses, books } = await readCapture(path)
    expect(frames).toMatchObject([{ t: 6, content: 'x' }])
    expect(responses).toMatchObject([{ t: 7, body: '{}' }])
    expect(books).toEqual([{ line: 1, ...book }])
  })

  it('say of a gzip that is cut off that it is', async () => {
    const path = join(folder, 'session.jsonl.gz')
    await write(path, [{ t: 6, dir: 'in', url: null, content: 'x'.repeat(1_000) }])
    const whole = await readFile(path)
    await writeFile(path, whole.subarray(0, whole.length - 12))
    await expect(readCapture(path)).rejects.toMatchObject({
      code: 'ERR_CAPTURE_UNREADABLE',
      reason: 'it is cut off: its gzip has no end',
    })
  })

  it('say of a gzip that is damaged that its content is', async () => {
    const path = join(folder, 'session.jsonl.gz')
    await write(path, [{ t: 6, dir: 'in', url: null, content: 'x'.repeat(1_000) }])
    const bytes = await readFile(path)
    bytes.fill(0xff, 12, 30)
    await writeFile(path, bytes)
    await expect(readCapture(path)).rejects.toMatchObject({
      code: 'ERR_CAPTURE_UNREADABLE',
      reason: 'its gzip is damaged (Z_DATA_ERROR)',
      hint: expect.stringContaining('Its content is not what was written'),
    })
  })

  it('tell at once that the disk is full', async () => {
    const path = join(folder, 'session.jsonl')
    await symlink('/dev/full', `${path}.part`)
    let writer: CaptureWriter | undefined
    const failure = await new Promise<CaptureError>((resolve) => {
      writer = new CaptureWriter(path, resolve)
      writer.writeFrame({ t: null, dir: 'in', url: null, content: 'x' })
    })
    expect(failure.reason).toBe('it cannot be written (ENOSPC)')
    await expect(writer?.close()).rejects.toMatchObject({ code: 'ERR_CAPTURE_UNWRITABLE' })
  })

  it('read a file with Windows line ends, blank lines and no newline at its end', async () => {
    const path = join(folder, 'session.jsonl')
    await writeFile(path, '{"dir":"in","text":"a"}\r\n\n{"dir":"in","text":"é"}')
    const { frames } = await readCapture(path)
    expect(frames.map(({ line, content }) => [line, content])).toEqual([
      [1, 'a'],
      [3, 'é'],
    ])
  })

  it('read lines that cross the chunks a file is read in', async () => {
    const path = join(folder, 'session.jsonl')
    const texts = Array.from({ length: 50 }, (_, index) => `${index}é`.repeat(4_000))
    await writeFile(path, texts.map((text) => JSON.stringify({ dir: 'in', text })).join('\n'))
    expect((await readCapture(path)).frames.map((one) => one.content)).toEqual(texts)
  })
})

describe('readCapture', () => {
  it('names the missing file', async () => {
    await expect(readCapture(join(folder, 'none.jsonl'))).rejects.toMatchObject({
      code: 'ERR_CAPTURE_UNREADABLE',
      reason: 'it cannot be read (ENOENT)',
      hint: 'Check the path, and that the file can be read.',
    })
  })

  it('refuses a capture that holds nothing', async () => {
    expect((await failure('\n\n')).code).toBe('ERR_CAPTURE_EMPTY')
  })

  it('names the file and line of the first line it cannot read', async () => {
    const error = await failure('{"dir":"in","text":"a"}\n{"dir":"in","te')
    expect(error.message.replace(folder, '')).toMatchInlineSnapshot(`
      "/bad.jsonl:2: it is not JSON.  [ERR_CAPTURE_LINE]
        A line that was cut off, as the last one of an interrupted recording, can be deleted."
    `)
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_LINE', line: 2, reason: 'it is not JSON' })
    expect(error.file).toBe(join(folder, 'bad.jsonl'))
  })

  it('refuses bytes that are not UTF-8', async () => {
    const error = await failure(Buffer.from('{"dir":"in","text":"\xff"}', 'latin1'))
    expect(error).toMatchObject({ code: 'ERR_CAPTURE_LINE', line: 1, reason: 'it is not UTF-8' })
  })
})

describe('a book beside a capture', () => {
  it.each([
    [
      '{"symbol":"BTC/USDT","sequence":1,"bids":[1],"asks":[]}',
      '"bids" and "asks" are not both lists of prices and sizes',
    ],
    ['{"symbol":"BTC/USDT","sequence":null,"bids":[],"asks":[]}', '"sequence" is not a number'],
    ['{"symbol":1,"sequence":1,"bids":[],"asks":[]}', '"symbol" is not text'],
    ['{"t":"1","symbol":"BTC/USDT","sequence":1,"bids":[],"asks":[]}', '"t" is not a number of milliseconds'],
  ])('that is %s is refused', async (line, reason) => {
    await write(join(folder, 'session.jsonl'), [{ t: 6, dir: 'in', url: null, content: 'x' }])
    await writeFile(join(folder, 'session.books.jsonl'), line)
    await expect(readCapture(join(folder, 'session.jsonl'))).rejects.toMatchObject({
      code: 'ERR_CAPTURE_LINE',
      line: 1,
      reason,
    })
  })
})

describe('what is beside a capture', () => {
  it.each([
    ['session.jsonl', 'session.rest.jsonl', 'session.books.jsonl'],
    ['session', 'session.rest.jsonl', 'session.books.jsonl'],
    ['a.jsonl.gz', 'a.rest.jsonl.gz', 'a.books.jsonl.gz'],
    ['a.jsonl.part', 'a.rest.jsonl.part', 'a.books.jsonl.part'],
    ['a.0001.jsonl.gz.part', 'a.0001.rest.jsonl.gz.part', 'a.0001.books.jsonl.gz.part'],
  ])('of %s has its name, also while it is unfinished', (path, rest, books) => {
    expect([responsesPath(path), booksPath(path)]).toEqual([rest, books])
    expect([responsesPath(rest), booksPath(books)]).toEqual([rest, books])
  })
})

describe('partPath', () => {
  it.each([
    ['session.jsonl', 'session.0001.jsonl'],
    ['/a/session.jsonl.gz', '/a/session.0001.jsonl.gz'],
    ['session', 'session.0001'],
  ])('of %s is %s', (path, part) => {
    expect(partPath(path, 1)).toBe(part)
  })
})

describe('parseCaptureLine', () => {
  it.each([
    ['7', 'it is not a JSON object'],
    ['[]', 'it is not a JSON object'],
    ['{"text":"a"}', 'it is neither a frame nor a REST answer'],
    ['{"dir":"up","text":"a"}', '"dir" is neither "in" nor "out"'],
    ['{"dir":"in"}', 'a frame has either "text" or "b64"'],
    ['{"dir":"in","text":"a","b64":"AA=="}', 'a frame has either "text" or "b64"'],
    ['{"dir":"in","text":{"a":1}}', '"text" is not text'],
    ['{"dir":"in","b64":"A"}', '"b64" is not base64'],
    ['{"t":"now","dir":"in","text":"a"}', '"t" is not a number of milliseconds'],
    ['{"url":5,"dir":"in","text":"a"}', '"url" is not text'],
    ['{"status":999,"body":""}', '"status" is not an HTTP status from 100 to 599'],
    ['{"status":200,"body":{}}', '"body" is not text'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseCaptureLine(text, 4)).toThrow(
      expect.objectContaining({ code: 'ERR_CAPTURE_LINE', line: 4, reason }),
    )
  })

  it('throws nothing but a CaptureError, whatever it is given', () => {
    const text = fc.oneof(
      fc.string(),
      // A field that is called as a secret is would not come back.
      fc.json().filter((text) => redactRequest(text) === text && redactSecretsInAnswer(text) === text),
      fc.record({ dir: fc.anything(), text: fc.anything() }).map((o) => JSON.stringify(o) ?? ''),
    )
    fc.assert(
      fc.property(text, (line) => {
        try {
          expect(['frame', 'response']).toContain(parseCaptureLine(line, 1).kind)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(CaptureError)
        }
      }),
    )
  })
})
