import { PassThrough, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { LineWriter } from './line-writer.js'

function failing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write failed'), { code })) })
}

describe('LineWriter', () => {
  test('holds the writer back while the reader lags, and goes on when it has caught up', async () => {
    const pipe = new PassThrough({ highWaterMark: 4 })
    const writer = new LineWriter(pipe, () => {})
    const room = writer.line('more than four bytes')
    expect(room).toBeInstanceOf(Promise)
    pipe.resume()
    await room
    expect(writer.line('abc')).toBeInstanceOf(Promise)
  })

  test.each([
    ['EPIPE', null],
    ['ENOSPC', 'write failed'],
  ])('tells once that writing ended with %s', async (code, message) => {
    const failures: (Error | null)[] = []
    const closed = new Promise<void>((resolve) => {
      const writer = new LineWriter(failing(code), (failure) => {
        failures.push(failure)
        resolve()
      })
      void writer.line('one')
    })
    await closed
    expect(failures.map((failure) => failure?.message ?? null)).toEqual([message])
  })

  test('drops lines once nobody reads, and releases nobody too late', async () => {
    const pipe = new PassThrough({ highWaterMark: 1 })
    const closed = new Promise<void>((resolve) => {
      const writer = new LineWriter(pipe, () => resolve())
      void writer.line('first')
      void writer.line('second')?.then(() => expect(writer.line('third')).toBeUndefined())
      pipe.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    })
    await closed
  })
})
