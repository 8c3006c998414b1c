import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { isLoopback, isOwnHost } from '../../../http/own-host.js'
import { hasToken, isOwnOrigin, isToken, makeToken, offeredProtocols } from './access.js'

const token = makeToken()

describe('access to the dashboard', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['LOCALHOST', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.0.0.1.example.com', false],
    ['192.168.1.5', false],
  ])('%s is loopback: %s', (host, expected) => expect(isLoopback(host)).toBe(expected))

  test.each([
    ['127.0.0.1:8642', true],
    ['localhost:9000', true],
    ['[::1]:8642', true],
    ['localhost', true],
    ['evil.example:8642', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['192.168.1.5:8642', false],
    ['localhost:8642@evil.example', false],
    ['localhost, evil.example', false],
    ['', false],
    [undefined, false],
  ])('on loopback, the host %s is its own: %s', (header, expected) => {
    expect(isOwnHost({ host: '127.0.0.1' }, header)).toBe(expected)
  })

  test.each([
    ['192.168.1.5:8642', true],
    ['[fe80::1]:8642', true],
    ['desk.lan:8642', true],
    [`${hostname()}:8642`, true],
    ['localhost:8642', true],
    ['evil.example:8642', false],
  ])('where others may connect, the host %s is its own: %s', (header, expected) => {
    expect(isOwnHost({ host: 'desk.lan' }, header)).toBe(expected)
  })

  test.each([
    ['http://127.0.0.1:8642', '127.0.0.1:8642', true],
    ['https://desk.lan', 'desk.lan', true],
    ['http://127.0.0.1:8643', '127.0.0.1:8642', false],
    ['http://localhost:8642', '127.0.0.1:8642', false],
    ['https://evil.example', '127.0.0.1:8642', false],
    ['null', '127.0.0.1:8642', false],
    ['file://', '127.0.0.1:8642', false],
    [undefined, '127.0.0.1:8642', false],
  ])('a socket from %s to %s is of the own page: %s', (origin, host, expected) => {
    expect(isOwnOrigin(origin, host)).toBe(expected)
  })

  test('a token is asked for where there is one, whole', () => {
    const access = { host: '0.0.0.0', token }
    expect(hasToken(access, offeredProtocols(`tapewire.dashboard.1, token.${token}`))).toBe(true)
    for (const offered of [
      undefined,
      'tapewire.dashboard.1',
      'token.',
      `token.${token}x`,
      `token.${token.slice(1)}`,
      token,
    ]) {
      expect(hasToken(access, offeredProtocols(offered))).toBe(false)
    }
    expect(hasToken({ host: '127.0.0.1', token: null }, [])).toBe(true)
  })

  test('a token is long, and made of what a fragment and a header can hold', () => {
    expect(isToken(token)).toBe(true)
    expect(makeToken()).not.toBe(token)
    for (const text of ['', 'short', 'sixteen letters!', `${'a'.repeat(129)}`]) expect(isToken(text)).toBe(false)
  })
})
