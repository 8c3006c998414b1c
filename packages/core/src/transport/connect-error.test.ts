import { describe, expect, test } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import { connectError } from './connect-error.js'

const url = 'wss://api.example.com/ws?listenKey=secret-key'
const system = (code: string): Error => Object.assign(new Error(code), { code })

describe('connectError', () => {
  test.each([
    [system('ECONNREFUSED'), 'ERR_CONNECTION_REFUSED'],
    [system('ENETUNREACH'), 'ERR_CONNECTION_REFUSED'],
    [system('ETIMEDOUT'), 'ERR_CONNECTION_TIMEOUT'],
    [system('ENOTFOUND'), 'ERR_HOST_NOT_FOUND'],
    [system('EAI_AGAIN'), 'ERR_HOST_NOT_FOUND'],
    [system('ECONNRESET'), 'ERR_CONNECTION_CLOSED'],
    [new Error('socket hang up'), 'ERR_CONNECTION_CLOSED'],
    [new TypeError('fetch failed', { cause: system('ECONNREFUSED') }), 'ERR_CONNECTION_REFUSED'],
    [new AggregateError([system('ECONNREFUSED'), system('ENETUNREACH')]), 'ERR_CONNECTION_REFUSED'],
    [new TypeError('fetch failed', { cause: new AggregateError([system('ETIMEDOUT')]) }), 'ERR_CONNECTION_TIMEOUT'],
    ['a text', 'ERR_CONNECTION_CLOSED'],
  ])('takes %s for %s', (thrown, code) => {
    const error = connectError(thrown, url)
    expect([error.code, error.cause]).toEqual([code, thrown])
    expect(error.message).not.toContain('secret-key')
  })

  test('says where, and what to look at', () => {
    expect(connectError(system('ECONNREFUSED'), url).message).toMatchInlineSnapshot(`
      "Nothing accepts connections at api.example.com.  [ERR_CONNECTION_REFUSED]
      URL: wss://api.example.com/ws?listenKey=…   System: ECONNREFUSED
      Check host and port, and that the server runs."
    `)
    expect(connectError(system('ENOTFOUND'), 'not a URL').message).toMatchInlineSnapshot(`
      "The host name the given URL could not be resolved.  [ERR_HOST_NOT_FOUND]
      URL: (not a URL)
      Check the spelling of the URL and this machine’s DNS."
    `)
  })

  test('leaves an error of ours alone', () => {
    const known = new StreamError('ERR_RATE_LIMITED', 'Too fast.')
    expect(connectError(known, url)).toBe(known)
  })
})
