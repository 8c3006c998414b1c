import { afterEach, describe, expect, test, vi } from 'vitest'
import { handlerError } from './handler-error.js'
import { StreamError } from './stream-error.js'
import { UnheardErrors } from './unheard-errors.js'

afterEach(() => {
  vi.restoreAllMocks()
})

function listenToStandardError(): string[] {
  const written: string[] = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  return written
}

describe('errors that nobody listens to', () => {
  test('are printed with their cause, its stack and how to listen', () => {
    const written = listenToStandardError()
    new UnheardErrors('acme_spot').tell(handlerError(new TypeError('price is null\nsecond line')))
    const text = written.join('')
    expect(text.split('\n').slice(0, 3)).toEqual([
      'tapewire (acme_spot): A message handler failed; the stream goes on.  [ERR_HANDLER_FAILED]',
      'Cause: TypeError: price is null',
      'The cause is what the handler threw.',
    ])
    expect(text).toMatch(/second line\n +at .*unheard-errors\.test/)
    expect(text).toContain('pass onError to the manager')
  })

  test('are printed once for each kind, whatever their text', () => {
    const written = listenToStandardError()
    const unheard = new UnheardErrors('acme_spot')
    for (const text of ['one', 'other']) unheard.tell(new StreamError('ERR_EXCHANGE_ERROR', text))
    for (const text of ['one', 'other']) unheard.tell(handlerError(new Error(text)))
    for (const event of ['connection', 'stream', 'stream']) unheard.tell(handlerError(new Error('no'), event))
    expect(written.map((text) => text.split('\n')[0])).toEqual([
      'tapewire (acme_spot): one  [ERR_EXCHANGE_ERROR]',
      'tapewire (acme_spot): A message handler failed; the stream goes on.  [ERR_HANDLER_FAILED]',
      'tapewire (acme_spot): A handler of connection events failed; the feed goes on.  [ERR_HANDLER_FAILED]',
      'tapewire (acme_spot): A handler of stream events failed; the feed goes on.  [ERR_HANDLER_FAILED]',
    ])
  })
})

describe('the error of a handler that failed', () => {
  test.each([
    ['an error', new RangeError('too far\nby a mile'), 'RangeError: too far'],
    ['a text', 'no', "'no'"],
    ['an object', { no: 1 }, '{ no: 1 }'],
    ['nothing', undefined, 'undefined'],
    [
      'an error whose text cannot be had',
      Object.assign(new Error('x'), { toString: () => 1n as never, message: Symbol('x') }),
      expect.any(String),
    ],
    ['a long text', new Error('x'.repeat(1_000)), `Error: ${'x'.repeat(293)}…`],
  ])('says in its message what was thrown: %s', (_what, thrown, said) => {
    const error = handlerError(thrown)
    expect(error.context.Cause).toEqual(said)
    expect(error.message).toContain(`Cause: ${error.context.Cause}`)
  })
})
