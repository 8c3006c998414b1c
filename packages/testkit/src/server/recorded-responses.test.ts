import { describe, expect, it } from 'vitest'
import { RecordedResponses } from './recorded-responses.js'

const request = (target: string): { url: URL } => ({ url: new URL(target, 'http://venue.invalid') })

describe('RecordedResponses', () => {
  const depth = 'https://api.mexc.com/api/v3/depth?symbol=BTCUSDT&limit=1000'

  it('find an answer by path and query, whatever the host and the order of parameters', () => {
    const responses = new RecordedResponses([{ url: depth, status: 200, body: '{"lastUpdateId":1}' }])
    expect(responses.answer(request('/api/v3/depth?limit=1000&symbol=BTCUSDT'))).toEqual({
      status: 200,
      body: '{"lastUpdateId":1}',
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    for (const other of [
      '/api/v3/depth?symbol=BTCUSDT&limit=500',
      '/api/v3/depth?symbol=BTCUSDT',
      '/api/v3/trades?limit=1000&symbol=BTCUSDT',
    ]) {
      expect(responses.answer(request(other)).status).toBe(404)
    }
  })

  it('give several answers to one request in their order, and the last one ever after', () => {
    const responses = new RecordedResponses(['a', 'b', 'c'].map((body) => ({ url: depth, status: 200, body })))
    const target = request('/api/v3/depth?symbol=BTCUSDT&limit=1000')
    expect(Array.from({ length: 5 }, () => responses.answer(target).body)).toEqual(['a', 'b', 'c', 'c', 'c'])
  })

  it('ignore parameters that differ from request to request', () => {
    const signed = [{ url: 'https://host/account?recvWindow=5000&timestamp=1&signature=aa', status: 200, body: '{}' }]
    expect(new RecordedResponses(signed).answer(request('/account?timestamp=2&signature=bb')).status).toBe(200)
    expect(new RecordedResponses(signed, []).answer(request('/account?timestamp=2&signature=bb')).status).toBe(404)
    const limited = new RecordedResponses([{ url: depth, status: 200, body: '{}' }], ['limit'])
    expect(limited.answer(request('/api/v3/depth?symbol=BTCUSDT&limit=5')).status).toBe(200)
  })

  it('keep the status of an answer, and serve a page as a page', () => {
    const responses = new RecordedResponses([{ url: 'https://host/', status: 403, body: '<html></html>' }])
    expect(responses.answer(request('/'))).toMatchObject({
      status: 403,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    })
  })

  it('name the path they have no answer for, and no value of its query', () => {
    const { status, body } = new RecordedResponses([{ url: null, status: 200, body: '' }]).answer(
      request('/key?listenKey=abc'),
    )
    expect([status, body]).toEqual([404, '{"message":"The capture holds no answer for this request to /key."}'])
  })
})
