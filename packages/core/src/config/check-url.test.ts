import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { StreamError } from '../errors/stream-error.js'
import { checkedRestUrl, checkSocketUrl } from './check-url.js'

function errorOf(url: string, check: (url: string) => unknown): StreamError {
  try {
    check(url)
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
    const error = errorOf(url, checkSocketUrl)
    expect(error.code).toBe(code)
    expect(inspect(error, { depth: 9 })).not.toContain('secret-key')
  })
})

describe('a REST URL', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/api/v4//', 'https://api.example.com/api/v4'],
    ['http://127.0.0.1:9000/', 'http://127.0.0.1:9000'],
    ['http://[::1]:1', 'http://[::1]:1'],
  ])('may be %s, and loses the slashes at its end', (url, checked) => {
    expect(checkedRestUrl(url)).toBe(checked)
  })

  test.each([
    ['api.example.com', 'ERR_INVALID_CONFIG'],
    ['wss://api.example.com/?key=secret-key', 'ERR_INVALID_CONFIG'],
    ['http://api.example.com/?key=secret-key', 'ERR_INSECURE_URL'],
    ['http://user:secret-key@10.0.0.1/', 'ERR_INSECURE_URL'],
  ])('%j is refused with %s, and no secret in it is repeated', (url, code) => {
    const error = errorOf(url, checkedRestUrl)
    expect(error.code).toBe(code)
    expect(inspect(error, { depth: 9 })).not.toContain('secret-key')
  })
})
