import { createEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { signedQuery, signerOf } from './signature.js'

const signer = signerOf({ apiKey: 'mx0vEXAMPLEKEY000001', apiSecret: '0123456789abcdef0123456789abcdef' })
const listenKey = 'aaaabbbbccccddddeeeeffff00001111aaaabbbbccccddddeeeeffff00001111'
const clock = new ManualClock()
const env = createEnv({ clock })
const time = { recvWindow: 5000, timestamp: 1767225600000 }

describe('signedQuery', () => {
  it('signs a request without parameters of its own', async () => {
    expect(await signedQuery(signer, time, env)).toBe(
      'recvWindow=5000&timestamp=1767225600000&signature=0dc8daa7c948fab5d477b6dead75ae8dd4b01e80b6f46541a53019e753db5ff1',
    )
  })

  it('signs parameters in their order', async () => {
    expect(await signedQuery(signer, { listenKey, ...time }, env)).toBe(
      `listenKey=${listenKey}&recvWindow=5000&timestamp=1767225600000&signature=1916459a97500d96cafb1eb534cd5429d77948abff311c2d1bd5b182604cd417`,
    )
  })

  it('encodes values with upper-case hexadecimal before it signs', async () => {
    let signed = ''
    const sign = (text: string): Promise<string> => {
      signed = text
      return Promise.resolve('0'.repeat(64))
    }
    await signedQuery(signerOf({ apiKey: 'key', sign }), { symbols: 'A,龙', ...time }, env)
    expect(signed).toBe('symbols=A%2C%E9%BE%99&recvWindow=5000&timestamp=1767225600000')
  })

  it.each(['', 'ABCDEF'.repeat(11), undefined])('refuses %j as a signature', async (signature) => {
    const broken = signerOf({ apiKey: 'key', sign: () => signature as string })
    await expect(signedQuery(broken, time, env)).rejects.toMatchObject({ code: 'ERR_SIGNING_FAILED' })
  })

  it('gives up a signing function that does not settle, and one that settles later changes nothing', async () => {
    let settle = (_signature: string): void => {}
    const hanging = signerOf({ apiKey: 'key', sign: () => new Promise<string>((resolve) => (settle = resolve)) })
    const query = signedQuery(hanging, time, env)
    const given = expect(query).rejects.toMatchObject({ code: 'ERR_SIGNING_FAILED', retryable: true })
    clock.advance(10_000)
    await given
    settle('0'.repeat(64))
    expect(clock.pendingTimers).toBe(0)
  })

  it('ends with the signal while a function signs', async () => {
    const life = new AbortController()
    const hanging = signerOf({ apiKey: 'key', sign: () => new Promise<string>(() => {}) })
    const query = signedQuery(hanging, time, createEnv({ clock, signal: life.signal }))
    const reason = new Error('enough')
    life.abort(reason)
    await expect(query).rejects.toBe(reason)
  })
})
