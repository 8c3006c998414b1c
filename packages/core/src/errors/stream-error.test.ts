import { describe, expect, test } from 'vitest'
import { errorCodes } from './error-codes.js'
import { StreamError, toStreamError } from './stream-error.js'

describe('StreamError', () => {
  test('says what happened, while doing what, and what to do', () => {
    const error = new StreamError('ERR_CONNECTION_REFUSED', 'Nothing accepts connections at 127.0.0.1:9.', {
      context: { URL: 'wss://127.0.0.1:9/', System: 'ECONNREFUSED' },
      hint: 'Check host and port, and that the server runs.',
    })
    expect(error.message).toMatchInlineSnapshot(`
      "Nothing accepts connections at 127.0.0.1:9.  [ERR_CONNECTION_REFUSED]
      URL: wss://127.0.0.1:9/   System: ECONNREFUSED
      Check host and port, and that the server runs."
    `)
    expect(String(error)).toMatch(/^StreamError: Nothing accepts/)
    expect(error).toMatchObject({
      name: 'StreamError',
      code: 'ERR_CONNECTION_REFUSED',
      retryable: true,
      docs: expect.stringMatching(/^https:.*\/docs\/errors\.md#err_connection_refused$/),
      shortMessage: 'Nothing accepts connections at 127.0.0.1:9.',
    })
  })

  test('is one line where there is nothing more to say', () => {
    const error = new StreamError('ERR_CLOSED', 'The manager is closed.')
    expect(error.message).toMatchInlineSnapshot(`"The manager is closed.  [ERR_CLOSED]"`)
    expect(error).toMatchObject({ context: {}, hint: null, retryable: false })
    expect(error).not.toHaveProperty('cause')
  })

  test('walks from itself to the root, whatever the root is', () => {
    const root = new TypeError('bad octet')
    const middle = new StreamError('ERR_PROTOCOL_VIOLATION', 'Not a frame.', { cause: root })
    const outer = new StreamError('ERR_RECONNECT_EXHAUSTED', 'Given up.', { cause: middle })
    expect([...outer.walk()]).toEqual([outer, middle, root])
    expect([...new StreamError('ERR_HANDLER_FAILED', 'Thrown.', { cause: 'a text' }).walk()].at(-1)).toBe('a text')
  })

  test('has a code whose retryability is known', () => {
    for (const [code, { retryable }] of Object.entries(errorCodes)) {
      expect(new StreamError(code as keyof typeof errorCodes, 'x').retryable).toBe(retryable)
    }
  })
})

describe('toStreamError', () => {
  test('keeps a StreamError, and wraps anything else as its cause', () => {
    const known = new StreamError('ERR_RATE_LIMITED', 'Too fast.')
    expect(toStreamError(known, 'ERR_CONNECTION_CLOSED', 'Closed.')).toBe(known)
    const cause = new Error('socket hang up')
    expect(toStreamError(cause, 'ERR_CONNECTION_CLOSED', 'Closed.')).toMatchObject({
      code: 'ERR_CONNECTION_CLOSED',
      cause,
    })
  })
})
