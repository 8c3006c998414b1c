import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redactText, redactUrl } from './redact.js'

const secret = fc.stringMatching(/^[A-Za-z0-9+/_-]{12,40}$/)

describe('redactUrl', () => {
  test.each([
    ['wss://wbs.example.com/ws?listenKey=abc123', 'wss://wbs.example.com/ws?listenKey=…'],
    ['wss://user:word@example.com:9443/ws/', 'wss://example.com:9443/ws/'],
    ['https://api.example.com/v4/orders?a=1&b=2&a=3#part', 'https://api.example.com/v4/orders?a=…&b=…&a=…'],
    // A query without a name is the secret itself.
    ['wss://example.com/ws?abc123', 'wss://example.com/ws?…'],
    ['wss://example.com/ws?x=1&abc123&two%20words=3', 'wss://example.com/ws?x=…&…&…'],
    ['wss://example.com/?', 'wss://example.com/'],
    ['wss://[::1]:9000/path', 'wss://[::1]:9000/path'],
    // Nothing of what cannot be read as scheme and host is shown.
    ['example.com/ws?listenKey=abc123', '(not a URL)'],
    ['mailto:user:word@example.com', '(not a URL)'],
    ['', '(not a URL)'],
    // A slash in the password makes the host of the user.
    ['wss://user:12/word@example.com/ws', '(not a URL)'],
    ['wss://example.com/ws/pqia91ma19a5s61cv6a81va65sdf19v8', 'wss://example.com/ws/…'],
  ])('shows %j as %j', (url, shown) => {
    expect(redactUrl(url)).toBe(shown)
  })

  test('never shows user info, a query value or a fragment, wherever they stand', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('wss', 'https', 'wsss', 'http'),
        fc.array(secret, { minLength: 4, maxLength: 4 }),
        fc.array(fc.constantFrom('listenKey', 'signature', 'api key', ''), { maxLength: 3 }),
        (scheme, [user, password, fragment, value], names) => {
          const query = names.map((name) => (name === '' ? value : `${encodeURIComponent(name)}=${value}`)).join('&')
          const shown = redactUrl(`${scheme}://${user}:${password}@host.example/path?${query}#${fragment}`)
          for (const part of [user, password, fragment, value]) expect(shown).not.toContain(part)
          expect(shown).toMatch(/^\w+:\/\/host\.example\/path|^\(not a URL\)$/)
        },
      ),
    )
  })
})

describe('redactText', () => {
  test('takes out what a server repeats of a request: query, user info and headers, as written and as meant', () => {
    const url = 'wss://key%3A1:word-of-mine@example.com/ws?listenKey=ab%2Bcd%2Fef&bare-secret'
    const body = 'GET /ws?listenKey=ab%2Bcd%2Fef (ab+cd/ef, bare-secret) as key:1 word-of-mine with Bearer s3cr3t!token'
    expect(redactText(body, url, { Authorization: 'Bearer s3cr3t!token', 'X-Count': 7 })).toBe(
      'GET /ws?listenKey=… (…, …) as … … with … …',
    )
  })

  test('leaves a text alone that repeats nothing, and short values', () => {
    expect(redactText('{"code":401,"msg":"key expired"}', 'wss://example.com/ws?v=4&id=1')).toBe(
      '{"code":401,"msg":"key expired"}',
    )
    expect(redactText('plain', 'not a URL')).toBe('plain')
  })

  test('takes a longer secret out whole, though a shorter one is part of it', () => {
    expect(redactText('abcdefgh', 'wss://example.com/?a=abcd&b=abcdefgh')).toBe('…')
  })
})
