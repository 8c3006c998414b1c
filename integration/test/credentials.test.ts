import { createHmac } from 'node:crypto'
import type { Credentials, SigningFunction, StreamError } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio } from '../src/scene/exchanges.js'
import { closeScenes, Scene } from '../src/scene/scene.js'
import type { Interception } from '../src/scene/venue-watch.js'

const minute = 60_000
const withoutTime: Interception = ({ url }) => (url.pathname.endsWith('/time') ? { status: 503, body: '' } : null)

afterEach(closeScenes)

/** The error a private feed is refused with; nothing may be left open then. */
async function refusalOf(scene: Scene, credentials: Credentials = scene.exchange.credentials): Promise<StreamError> {
  const error: unknown = await scene.privateFeed({ credentials }).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  await scene.until(() => scene.seen.openSessions.length === 0)
  expect(scene.clock.delays).toEqual([])
  return error as StreamError
}

describe.each(exchanges)('credentials of $title', (exchange) => {
  const { apiKey, apiSecret } = exchange.credentials
  const signWith =
    (secret: string): SigningFunction =>
    (text) =>
      createHmac(exchange.digest, secret).update(text).digest('hex')
  const refused: readonly [string, Credentials, string][] = [
    ['an unknown key', { apiKey: 'unknown-key', apiSecret }, 'ERR_AUTHENTICATION_FAILED'],
    ['a wrong secret', { apiKey, apiSecret: 'wrong-secret' }, 'ERR_AUTHENTICATION_FAILED'],
    ['a function that signs with a wrong secret', { apiKey, sign: signWith('wrong') }, 'ERR_AUTHENTICATION_FAILED'],
    ['a blank in the key', { apiKey: `${apiKey} `, apiSecret }, 'ERR_INVALID_CREDENTIALS'],
    ['no secret', { apiKey, apiSecret: '' }, 'ERR_INVALID_CREDENTIALS'],
  ]

  it.each(refused)('with %s are refused, and nothing is left open', async (_fault, credentials, code) => {
    const scene = await Scene.open(exchange)
    const error = await refusalOf(scene, credentials)
    expect(error).toMatchObject({ name: expect.stringMatching(/^(Stream|Subscription)Error$/), code, retryable: false })
    expect(error.hint).not.toBeNull()
  })

  it.each([2, -2])('are accepted from a machine whose clock is %i minutes wrong', async (minutes) => {
    const scene = await Scene.open(exchange)
    scene.clock.skew(minutes * minute)
    const { record } = await scene.privateFeed()
    scene.clock.advance(1_000)
    await scene.until(() => record.messages.length > 0)
    expect(record.errors).toEqual([])
  })

  it.each([2, -2])(
    'are refused for the clock that is %i minutes wrong where the time cannot be asked',
    async (minutes) => {
      const scene = await Scene.open(exchange)
      scene.clock.skew(minutes * minute)
      scene.seen.intercept = withoutTime
      const error = await refusalOf(scene)
      expect(error.code).toBe('ERR_CLOCK_SKEW')
      expect(error.hint).toContain('clock')
    },
  )

  it('are tried again after the clock has jumped, until the time can be asked', async () => {
    const scene = await Scene.open(exchange)
    const { record } = await scene.privateFeed()
    scene.clock.advance(1_000)
    await scene.until(() => record.messages.length > 0)
    scene.clock.skew(2 * minute)
    scene.seen.intercept = withoutTime
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('reconnecting').length === 2)
    scene.seen.intercept = () => null
    scene.clock.advance(record.logged('reconnecting').at(-1)?.delayMs ?? 0)
    await scene.until(() => record.logged('recovered').length === 1)
    expect(record.logged('reconnect-failed')).toMatchObject([{ code: 'ERR_CLOCK_SKEW' }])
  })

  it('whose function never signs are given up in time, and tried again', async () => {
    const scene = await Scene.open(exchange)
    const local = signWith(apiSecret)
    let onAsked: (() => void) | null = null
    const sign: SigningFunction = (text) => {
      if (onAsked === null) return local(text)
      onAsked()
      return new Promise(() => {})
    }
    const { record } = await scene.privateFeed({ credentials: { apiKey, sign } })
    scene.clock.advance(1_000)
    await scene.until(() => record.messages.length > 0)
    const asked = new Promise<void>((resolve) => {
      onAsked = resolve
    })
    scene.server.faults.terminateAll()
    await asked
    onAsked = null
    scene.clock.advance(10_000)
    await scene.until(() => record.logged('reconnect-failed').length === 1)
    expect(record.logged('reconnect-failed')).toMatchObject([{ code: 'ERR_SIGNING_FAILED' }])
    await scene.until(() => record.logged('reconnecting').length === 2)
    scene.clock.advance(record.logged('reconnecting').at(-1)?.delayMs ?? 0)
    await scene.until(() => record.logged('recovered').length === 1)
  })

  it('that are refused after they were accepted are tried a few times more, and then given up with the reason', async () => {
    const scene = await Scene.open(exchange)
    let isValid = true
    const sign: SigningFunction = (text) => signWith(isValid ? apiSecret : 'revoked')(text) as string
    const { record } = await scene.privateFeed({ credentials: { apiKey, sign } })
    scene.clock.advance(1_000)
    await scene.until(() => record.messages.length > 0)
    isValid = false
    scene.server.faults.terminateAll()
    const attempts = (): number => record.logged('reconnecting').length
    for (let seen = 0; record.states.at(-1) !== 'error'; seen = attempts()) {
      await scene.until(() => attempts() > seen || record.states.at(-1) === 'error')
      scene.clock.advance(record.logged('reconnecting').at(-1)?.delayMs ?? 0)
    }
    const error = record.errors.at(-1)
    expect(error).toMatchObject({
      code: 'ERR_RECONNECT_EXHAUSTED',
      context: { 'Last error': 'ERR_AUTHENTICATION_FAILED' },
    })
    expect(attempts()).toBeLessThanOrEqual(4)
    await scene.until(() => scene.seen.openSessions.length === 0)
  })
})

describe('the account of Gate.io', () => {
  it.each([2, -2])('goes on where the clock goes %i minutes astray while it is connected', async (minutes) => {
    const scene = await Scene.open(gateio)
    const { feed, record } = await scene.privateFeed({ symbols: ['BTC/USDT'], channels: ['orders'] })
    scene.clock.skew(minutes * minute)
    await feed.subscribe(['ETH/USDT'], ['orders'])
    scene.clock.skew(-minutes * minute)
    await feed.unsubscribe(['ETH/USDT'], ['orders'])
    expect(record.errors).toEqual([])
    expect(scene.seen.sessions).toHaveLength(1)
    expect(scene.seen.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET'])
  })
})
