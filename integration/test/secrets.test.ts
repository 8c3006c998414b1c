import { inspect } from 'node:util'
import type { Credentials, PrivateExchangeOptions } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio, mexc } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { closeScenes, type RecordedFeed, Scene } from '../src/scene/scene.js'
import { secretsSeen, wordsOf, wordsOfRecord } from '../src/scene/secrets.js'

afterEach(closeScenes)

/** As keys and secrets look. */
const hexKey = 'feedc0de0123456789abcdeffeedc0de'

/** Tries to open a feed; what was thrown, and everything told meanwhile. */
async function attempt(
  scene: Scene,
  options: Partial<PrivateExchangeOptions> = {},
): Promise<Partial<RecordedFeed> & { readonly record: FeedRecord; readonly words: () => string }> {
  const record = scene.record()
  let thrown = ''
  const opened = await scene.privateFeed(options, record).catch((error: unknown) => {
    thrown = wordsOf(error)
    return {}
  })
  return { ...opened, record, words: () => `${thrown}\n${wordsOfRecord(record)}` }
}

/** Something was said, and no secret with it. */
function expectSilent(scene: Scene, words: string): void {
  const secrets = secretsSeen(scene)
  expect(words.length).toBeGreaterThan(50)
  expect(secrets.length).toBeGreaterThan(1)
  for (const secret of secrets) expect(words).not.toContain(secret)
}

describe.each(exchanges)('the log and the errors of an account feed of $title', (exchange) => {
  const { apiKey, apiSecret } = exchange.credentials

  it('hold no secret of a session that is cut, restored and closed, nor does the feed when it is inspected', async () => {
    const scene = await Scene.open(exchange)
    const { feed, record, words } = await attempt(scene)
    scene.clock.advance(1_000)
    await scene.until(() => record.messages.length > 0)
    scene.server.faults.closeAll(1001, 'going away')
    await scene.until(() => record.logged('recovered').length === 1)
    const inspected = inspect(feed, { depth: 20, showHidden: true })
    scene.server.faults.refuseRequests(500)
    await feed?.close()
    expect(record.logged('connection-lost')).toHaveLength(1)
    expectSilent(scene, words())
    expectSilent(scene, inspected)
  })

  const refused: readonly [string, Credentials][] = [
    ['key', { apiKey: hexKey, apiSecret }],
    ['secret', { apiKey, apiSecret: hexKey }],
    ['signature', { apiKey, sign: () => hexKey }],
  ]

  it.each(refused)('hold no secret where the %s is refused', async (_which, credentials) => {
    const scene = await Scene.open(exchange)
    const { feed, words } = await attempt(scene, { credentials })
    expect(feed).toBeUndefined()
    expect(words()).not.toContain(hexKey)
    expectSilent(scene, words())
  })

  it('hold no secret where nothing listens any more', async () => {
    const scene = await Scene.open(exchange)
    const { record, words } = await attempt(scene)
    await scene.server.close()
    await scene.until(() => record.logged('reconnect-failed').length > 0)
    const second = await attempt(scene)
    expect(second.words()).toContain('ERR_CONNECTION_REFUSED')
    expectSilent(scene, words() + second.words())
  })
})

describe('what MEXC answers to a signed request', () => {
  const answers: readonly [string, (echo: string) => { status: number; body: string }][] = [
    ['an error page', (echo) => ({ status: 502, body: `<html>${echo}</html>` })],
    ['a page from the firewall', (echo) => ({ status: 403, body: `<html>${echo}</html>` })],
    ['text', (echo) => ({ status: 200, body: `no JSON: ${echo}` })],
    ['an error in JSON', (echo) => ({ status: 400, body: JSON.stringify({ code: 700002, msg: echo }) })],
    ['an unknown error in JSON', (echo) => ({ status: 400, body: JSON.stringify({ code: 1, msg: echo }) })],
    ['JSON without a key', (echo) => ({ status: 200, body: JSON.stringify({ echo }) })],
    ['too many requests', (echo) => ({ status: 429, body: echo })],
    ['a redirection', (echo) => ({ status: 302, body: echo })],
  ]

  it.each(answers)('is told without the secrets it repeats: %s', async (_what, answer) => {
    const scene = await Scene.open(mexc)
    scene.seen.intercept = ({ url, headers }) => answer(`${url.href} ${headers['x-mexc-apikey']}`)
    const { feed, words } = await attempt(scene)
    expect(feed).toBeUndefined()
    expect(words()).toMatch(/ERR_(REST_FAILED|RATE_LIMITED|AUTHENTICATION_FAILED)/)
    expectSilent(scene, words())
  })

  it('is told without the listen key that a refusal of the handshake repeats', async () => {
    const scene = await Scene.open(mexc)
    scene.seen.intercept = ({ method }) =>
      method === 'POST' ? { status: 200, body: `{"listenKey":"${hexKey}"}` } : null
    for (const status of [400, 401, 403, 429, 503]) {
      scene.server.faults.refuseConnections({ status, body: `refused: listenKey=${hexKey}` })
      const { words } = await attempt(scene)
      expect(words()).toMatch(/ERR_/)
      expect(words()).not.toContain(hexKey)
    }
  })

  it('is told without the listen key that the connection could not use', async () => {
    const scene = await Scene.open(mexc)
    scene.seen.intercept = ({ method }) =>
      method === 'POST' ? { status: 200, body: `{"listenKey":"${hexKey}"}` } : null
    const { feed, words } = await attempt(scene)
    expect(feed).toBeUndefined()
    expect(words()).toContain('ERR_LISTEN_KEY_ENDED')
    expect(words()).not.toContain(hexKey)
  })
})

describe('what Gate.io answers to a signed request', () => {
  it('is told without the key and the signature it repeats', async () => {
    const scene = await Scene.open(gateio)
    scene.server.faults.rewrite((frame) => {
      const { auth } = JSON.parse(scene.seen.messages.at(-1)?.text ?? '{}') as { auth?: { KEY: string; SIGN: string } }
      return [String(frame).replace('Invalid key provided', `Invalid key ${auth?.KEY} or signature ${auth?.SIGN}`)]
    })
    const { feed, words } = await attempt(scene, { credentials: { apiKey: hexKey, apiSecret: 'unknown' } })
    expect(feed).toBeUndefined()
    expect(words()).toContain('INVALID_KEY')
    expectSilent(scene, words())
  })
})
