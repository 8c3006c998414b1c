import { describe, expect, test } from 'vitest'
import { abortable } from '../clock/abortable.js'
import { ManualClock } from '../clock/manual-clock.js'
import { createEnv } from '../strategy/env.js'
import type { Network, NetworkEnv } from '../strategy/network.js'
import { openSocket } from './open-socket.js'
import { requestJson } from './request-json.js'

/** A network on which nothing is answered, or what is set here. */
class QuietNetwork implements Network {
  readonly asked: unknown[] = []
  answer: { readonly status: number; readonly headers: Record<string, string>; readonly text: string } | null = null

  openSocket(address: unknown, { signal }: NetworkEnv): Promise<never> {
    this.asked.push(address)
    return abortable(new Promise(() => {}), signal)
  }

  request(request: unknown, { signal }: NetworkEnv): ReturnType<Network['request']> {
    this.asked.push(request)
    const { answer } = this
    return answer === null ? abortable(new Promise(() => {}), signal) : Promise.resolve(answer)
  }
}

describe('a network in the place of the machine’s own', () => {
  const url = 'https://api.acme.test/v1/depth'

  test('carries sockets and requests, as they would go out', async () => {
    const network = new QuietNetwork()
    network.answer = { status: 429, headers: { 'retry-after': '7' }, text: '{}' }
    const env = createEnv({ network, clock: new ManualClock() })
    void openSocket({ url: 'wss://ws.acme.test', headers: { 'X-Key': 'k' } }, env)
    const refused = await requestJson({ url, method: 'POST', body: '{"a":1}' }, env).catch((error) => error)
    expect(network.asked).toEqual([
      { url: 'wss://ws.acme.test', headers: { 'X-Key': 'k' } },
      { url, method: 'POST', headers: {}, body: '{"a":1}' },
    ])
    expect(refused).toMatchObject({ code: 'ERR_RATE_LIMITED', retryAfterMs: 7_000 })
  })

  test('is not waited for longer than the machine’s', async () => {
    const clock = new ManualClock()
    const env = createEnv({ network: new QuietNetwork(), clock })
    const late = [openSocket({ url: 'wss://ws.acme.test', headers: {} }, env), requestJson({ url }, env)].map((call) =>
      call.catch((error) => error.code),
    )
    await Promise.resolve()
    clock.advance(10_000)
    expect(await Promise.all(late)).toEqual(['ERR_CONNECTION_TIMEOUT', 'ERR_CONNECTION_TIMEOUT'])
  })

  test('is asked for nothing that goes unencrypted to another machine', async () => {
    const network = new QuietNetwork()
    const opened = openSocket({ url: 'ws://ws.acme.test', headers: {} }, createEnv({ network }))
    await expect(opened).rejects.toMatchObject({ code: 'ERR_INSECURE_URL' })
    expect(network.asked).toEqual([])
  })
})
