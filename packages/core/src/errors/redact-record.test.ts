import { describe, expect, test } from 'vitest'
import { redactAnswerTo, redactSecretsInAnswer, redactSecretsInUrl } from './redact-record.js'

describe('what is recorded', () => {
  test.each([
    ['wss://wbs.example.com/ws?listenKey=abc123&v=4', 'wss://wbs.example.com/ws?listenKey=REDACTED&v=4'],
    [
      'https://api.example.com/v4/orders?pair=BTC_USDT&signature=0a1b&timestamp=3',
      'https://api.example.com/v4/orders?pair=BTC_USDT&signature=REDACTED&timestamp=3',
    ],
    ['https://user:word@example.com/path', 'https://example.com/path'],
  ])('has the URL %j as %j', (url, shown) => {
    expect(redactSecretsInUrl(url)).toBe(shown)
  })

  test.each([
    ['{"listenKey":"abc","symbol":"BTCUSDT"}', '{"listenKey":"REDACTED","symbol":"BTCUSDT"}'],
    ['{"listenKey": ["abc", "def"], "total":2}', '{"listenKey": ["REDACTED"], "total":2}'],
    ['{"key":"1","sign":"buy"}', '{"key":"1","sign":"buy"}'],
  ])('has the answer %j as %j', (text, shown) => {
    expect(redactSecretsInAnswer(text)).toBe(shown)
  })

  test('repeats neither a key of the headers nor a signature of the query, and leaves everything else', () => {
    const request = {
      url: 'https://api.example.com/orders?pair=BTC_USDT&signature=0a1b2c3d4e5f',
      headers: { KEY: 'my-own-key-1', 'Content-Type': 'application/json' },
    }
    const text = '{"message":"bad 0a1b2c3d4e5f of my-own-key-1 for BTC_USDT, application/json"}'
    expect(redactAnswerTo(request, text)).toBe('{"message":"bad REDACTED of REDACTED for BTC_USDT, application/json"}')
  })
})
