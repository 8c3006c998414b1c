import { describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { frameOf } from '../model/inbound-frame.js'
import type { ConnectionContext } from '../strategy/connection-strategy.js'
import type { Transport, TransportListener } from '../strategy/transport.js'
import { type FrameEvent, FrameTap } from './frame-tap.js'

/** A transport that takes everything, and says who listens to it. */
class FakeTransport implements Transport {
  readonly bufferedBytes = 0
  listener: TransportListener | null = null
  isPaused = true
  isOpen = true
  readonly sent: (string | Uint8Array)[] = []

  listen(listener: TransportListener): void {
    this.listener = listener
    this.isPaused = false
  }
  send(data: string | Uint8Array): boolean {
    if (this.isOpen) this.sent.push(data)
    return this.isOpen
  }
  ping(): void {}
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  close(): void {}
  terminate(): void {}
}

class Listener implements TransportListener {
  readonly heard: string[] = []
  onFrame({ bytes, start, end }: Parameters<TransportListener['onFrame']>[0]): void {
    this.heard.push(bytes.toString('utf8', start, end))
  }
  onPong(): void {
    this.heard.push('pong')
  }
  onClose({ code }: { readonly code: number }): void {
    this.heard.push(`close ${code}`)
  }
}

const context = (parts: Partial<ConnectionContext> = {}): ConnectionContext => ({
  url: 'wss://acme.example/ws',
  headers: {},
  authRequired: false,
  authParams: null,
  pingIntervalMs: 0,
  pingTimeoutMs: 0,
  pingMessage: null,
  maxReconnectAttempts: null,
  reconnectDelayMs: null,
  ...parts,
})

function tapped(parts: Partial<ConnectionContext> = {}) {
  const shown: FrameEvent[] = []
  const tap = new FrameTap('acme_spot', new ManualClock(1_000))
  const connection = tap.of('acme_spot#1')
  const bare = new FakeTransport()
  const transport = connection.through(bare, context(parts))
  const watch = (): (() => void) => tap.add((frame) => void shown.push(frame))
  return { tap, connection, bare, transport, shown, watch }
}

describe('a tap', () => {
  test('is not on the way of a frame while nobody watches, be it before or after', () => {
    const { bare, transport, shown, watch } = tapped()
    const listener = new Listener()
    transport.listen(listener)
    expect(bare.listener).toBe(listener)
    const stop = watch()
    expect(bare.listener).not.toBe(listener)
    bare.listener?.onFrame(frameOf('seen', 7))
    stop()
    stop()
    expect(bare.listener).toBe(listener)
    bare.listener?.onFrame(frameOf('unseen', 8))
    expect(listener.heard).toEqual(['seen', 'unseen'])
    expect(shown).toEqual([
      {
        exchange: 'acme_spot',
        connectionId: 'acme_spot#1',
        socket: 1,
        url: 'wss://acme.example/ws',
        direction: 'in',
        data: 'seen',
        time: 7,
      },
    ])
  })

  test('shows frames as copies, text as text and bytes as bytes, before whoever reads them', () => {
    const { bare, transport, shown, watch } = tapped()
    const listener = new Listener()
    watch()
    transport.listen(listener)
    const bytes = Buffer.from([0, 255, 128, 10])
    bare.listener?.onFrame(frameOf(bytes))
    bare.listener?.onFrame(frameOf('龙虾'))
    bytes.fill(1)
    expect(shown.map(({ data }) => data)).toEqual([Buffer.from([0, 255, 128, 10]), '龙虾'])
    bare.listener?.onPong()
    bare.listener?.onClose({ code: 1005, reason: '', error: null })
    expect(listener.heard.slice(1)).toEqual(['龙虾', 'pong', 'close 1005'])
    expect(shown).toHaveLength(2)
  })

  test('shows what was sent, and not what could not be', () => {
    const { bare, transport, shown, watch } = tapped()
    transport.send('before')
    watch()
    transport.send('{"op":"ping"}')
    transport.send(Uint8Array.of(1, 200))
    bare.isOpen = false
    expect(transport.send('late')).toBe(false)
    expect(shown.map(({ direction, data, time }) => [direction, data, time])).toEqual([
      ['out', '{"op":"ping"}', 1_000],
      ['out', Buffer.from([1, 200]), 1_000],
    ])
    expect(bare.sent).toEqual(['before', '{"op":"ping"}', Uint8Array.of(1, 200)])
  })

  test('leaves a transport that is paused paused', () => {
    const { bare, transport, watch } = tapped()
    transport.listen(new Listener())
    transport.pause()
    const stop = watch()
    expect(bare.isPaused).toBe(true)
    transport.resume()
    stop()
    expect(bare.isPaused).toBe(false)
  })

  test('lets go of a connection that is over, and goes on with its others', () => {
    const { tap, connection, bare, transport, watch } = tapped()
    const listener = new Listener()
    transport.listen(listener)
    const other = new FakeTransport()
    tap.of('acme_spot#2').through(other, context()).listen(listener)
    connection.end()
    watch()
    expect(bare.listener).toBe(listener)
    expect(other.listener).not.toBe(listener)
  })
})

describe('a tap shows no secret', () => {
  const [listenKey, header, param, key, sign] = [
    'listen-key-5f3a',
    'header-key-77c1',
    'parameter-09ab',
    'api-key-e41d',
    'c0ffee5191',
  ]
  const secrets = [listenKey, header, param, key, sign]
  const parts: Partial<ConnectionContext> = {
    url: `wss://acme.example/ws?listenKey=${listenKey}`,
    headers: { 'X-Api-Key': header as string },
    authParams: { token: param },
  }
  const requests: readonly [string, string, string][] = [
    [
      'in an auth field',
      `{"id":1,"auth":{"method":"api_key","KEY":"${key}","SIGN":"${sign}"}}`,
      '{"id":1,"auth":{"method":"REDACTED","KEY":"REDACTED","SIGN":"REDACTED"}}',
    ],
    [
      'in fields of such names',
      `{"payload":{"api_key":"${key}","signature":"${sign}","timestamp":"1767225600000"}}`,
      '{"payload":{"api_key":"REDACTED","signature":"REDACTED","timestamp":"1767225600000"}}',
    ],
    ['that the connection was opened with', `{"k":"${listenKey}","h":"${header}"}`, '{"k":"REDACTED","h":"REDACTED"}'],
  ]

  test.each(requests)('%s of a request', (_where, request, shownAs) => {
    const { bare, transport, shown, watch } = tapped(parts)
    watch()
    transport.send(request)
    transport.send(Buffer.from(request))
    expect(shown.map(({ data }) => Buffer.from(data).toString())).toEqual([shownAs, shownAs])
    expect(bare.sent[0]).toBe(request)
  })

  test('of a login, whatever its fields are called, and shows later requests whole', () => {
    const { transport, shown, watch } = tapped({ ...parts, authRequired: true })
    watch()
    transport.send(`["login",["${key}",1767225600000,"${sign}${sign}"]]`)
    transport.loggedIn()
    transport.send('["subscribe","book_ticker:BTC-USDT"]')
    expect(shown.map(({ data }) => data)).toEqual([
      '["login",["REDACTED",1767225600000,"REDACTED"]]',
      '["subscribe","book_ticker:BTC-USDT"]',
    ])
  })

  test('that an exchange repeats', () => {
    const { bare, transport, shown, watch } = tapped(parts)
    watch()
    transport.listen(new Listener())
    transport.send(`{"auth":{"KEY":"${key}","SIGN":"${sign}"}}`)
    const echo = `{"error":"no such ${key} with ${sign}","url":"?${listenKey}","time":1767225600000}`
    bare.listener?.onFrame(frameOf(echo))
    bare.listener?.onFrame(frameOf(Buffer.from(echo)))
    for (const { data } of shown) {
      for (const secret of secrets) expect(Buffer.from(data).toString()).not.toContain(secret)
    }
    expect(shown[1]?.data).toBe('{"error":"no such REDACTED with REDACTED","url":"?REDACTED","time":1767225600000}')
  })
})
