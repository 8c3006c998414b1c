import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { StreamError } from '../errors/stream-error.js'
import { checkSocketUrl } from './check-url.js'

function errorOf(url: string): StreamError {
  try {
    checkSocketUrl(url)
  } catch (thrown) {
    return thrown as StreamError
  }
  throw new Error(`${url} was accepted`)
}

describe('a socket URL', () => {
  test.each([
    'wss://api.example.com/ws',
    'ws://127.0.0.1:9000/',
    'ws://localhost/',
    'ws://[::1]:1/',
    'ws://127.9.9.9/',
  ])('may be %s', (url) => {
    expect(checkSocketUrl(url).href).toBe(url)
  })

  test.each([
    ['', 'ERR_INVALID_CONFIG'],
    ['api.example.com/ws?listenKey=secret-key', 'ERR_INVALID_CONFIG'],
    ['https://api.example.com/?listenKey=secret-key', 'ERR_INVALID_CONFIG'],
    ['wss://api.example.com/#secret-key', 'ERR_INVALID_CONFIG'],
    ['ws://api.example.com/?listenKey=secret-key', 'ERR_INSECURE_URL'],
    ['ws://127.0.0.1.example.com/', 'ERR_INSECURE_URL'],
    ['ws://localhost.example.com/', 'ERR_INSECURE_URL'],
    ['ws://10.0.0.1/', 'ERR_INSECURE_URL'],
    ['ws://user:secret-key@10.0.0.1/', 'ERR_INSECURE_URL'],
  ])('%j is refused with %s, and no secret in it is repeated', (url, code) => {
    const error = errorOf(url)
    expect(error.code).toBe(code)
    expect(inspect(error, { depth: 9 })).not.toContain('secret-key')
  })
})
