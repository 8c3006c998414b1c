import { inspect } from 'node:util'
import { type ExchangeFeed, StreamError } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer } from '../../../tools/nats-server.js'
import { connectNats } from '../src/connect/connect-nats.js'
import { natsExchange, relayGroup } from '../src/index.js'
import { guards, startGuarded } from './support/guarded-server.js'
import { gateio, RelayScene, until } from './support/scene.js'

type Guarding = Parameters<typeof startGuarded>[0]

/** Everything that a person can see of a value. */
function shown(value: unknown): string {
  const all = value instanceof Error ? `${value.stack} ${String(value)}` : ''
  return `${all} ${inspect(value, { depth: 10, showHidden: true })} ${JSON.stringify(value)}`
}

describe.skipIf(!hasNatsServer)('a server that asks who we are', () => {
  it.each(Object.entries(guards))('lets us in by %s, and nobody with another', async (_, guard) => {
    await using server = await startGuarded(guard)
    const { url: servers, right, wrong, secrets } = server
    const connection = await connectNats({ servers, ...right })
    await connection.flush()
    await connection.close()
    for (const refused of [wrong, { ...wrong, servers: url(servers) }]) {
      const thrown = await connectNats({ servers, ...refused }).catch((error: unknown) => error)
      expect(thrown).toBeInstanceOf(StreamError)
      for (const secret of secrets) expect(shown(thrown)).not.toContain(secret)
    }
  })

  it.each(Object.entries(guards).filter(([name]) => !name.includes('certificate')))(
    'is told apart from one that is not there: %s',
    async (_, guard) => {
      await using server = await startGuarded(guard)
      const { url: servers, wrong } = server
      await expect(connectNats({ servers, ...wrong })).rejects.toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED' })
      await expect(connectNats({ servers })).rejects.toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED' })
    },
  )

  it('shows nothing secret of credentials that cannot be read, and of a URL with credentials in it', async () => {
    const refusals = await Promise.all([
      connectNats({ servers: 'nats://127.0.0.1:1', credentials: { nkeySeed: 'SUNOTASEED' } }).catch(
        (error: unknown) => error,
      ),
      connectNats({ servers: 'nats://127.0.0.1:1', credentials: { credsFile: '/nowhere/of.creds' } }).catch(
        (error: unknown) => error,
      ),
      connectNats({ servers: 'nats://tape:open-sesame@127.0.0.1:1' }).catch((error: unknown) => error),
    ])
    expect(refusals.map((error) => (error as StreamError).code)).toEqual([
      'ERR_INVALID_CREDENTIALS',
      'ERR_INVALID_CREDENTIALS',
      'ERR_CONNECTION_REFUSED',
    ])
    for (const error of refusals) expect(shown(error)).not.toMatch(/SUNOTASEED|open-sesame/)
  })
})

describe.skipIf(!hasNatsServer)('an address that begins with tls://', () => {
  const tlsOf = (servers: string): string => servers.replace('nats://', 'tls://')

  it('is of a connection with TLS, whose server has to be trusted', async () => {
    await using server = await startGuarded(guards['a certificate of its own'] as Guarding)
    const servers = tlsOf(server.url)
    const connection = await connectNats({ servers, ...server.right })
    expect(connection.info?.tls_required).toBe(true)
    await connection.close()
    await expect(connectNats({ servers })).rejects.toMatchObject({
      code: 'ERR_CONNECTION_REFUSED',
      hint: expect.stringContaining('not trusted'),
    })
  })

  it.each([
    ['alone', tlsOf],
    ['in capitals', (url: string) => url.replace('nats://', 'TLS://')],
    ['as one of several', (url: string) => [url, tlsOf(url)]],
  ])('never is of one in plain text: %s', async (_, serversOf) => {
    await using server = await NatsServer.start()
    const credentials = { user: 'tape', password: 'open-sesame' }
    const thrown = await connectNats({ servers: serversOf(server.url), credentials }).catch((error: unknown) => error)
    expect(thrown).toMatchObject({
      code: 'ERR_CONNECTION_REFUSED',
      shortMessage: 'The NATS server has no TLS, and nothing else will do.',
    })
  })
})

describe('an address of something else', () => {
  it.each(['http', 'https', 'ws', 'wss', 'redis'])(
    'is refused, without what is secret in it: %s://',
    async (scheme) => {
      const servers = ['nats://127.0.0.1:1', `${scheme}://tape:open-sesame@127.0.0.1:4222`]
      const thrown = await connectNats({ servers }).catch((error: unknown) => error)
      expect(thrown).toMatchObject({
        code: 'ERR_INVALID_CONFIG',
        shortMessage: expect.stringContaining(`not with ${scheme}://`),
        context: { Server: '127.0.0.1:4222' },
      })
      expect(shown(thrown)).not.toContain('open-sesame')
    },
  )
})

describe('a connection to NATS that cannot be had', () => {
  const servers = 'nats://tape:open-sesame@127.0.0.1:1'

  it('names the servers that were tried, without what is secret in their URLs', async () => {
    await expect(connectNats({ servers })).rejects.toMatchObject({
      code: 'ERR_CONNECTION_REFUSED',
      context: { Servers: '127.0.0.1:1', Reason: 'ECONNREFUSED' },
    })
  })

  it.each([
    { credentials: { credsFile: '/nowhere/of.creds' } },
    { tls: { caFile: '/nowhere/ca.pem' } },
    { tls: { keyFile: '/nowhere/key.pem' } },
  ])('names a file that cannot be read: %j', async (options) => {
    await expect(connectNats({ servers, ...options })).rejects.toMatchObject({
      code: 'ERR_INVALID_CREDENTIALS',
      shortMessage: expect.stringMatching(/^The file \/nowhere\/[a-z.]+, for NATS, cannot be read\.$/),
      context: { Reason: 'ENOENT' },
    })
  })

  it('tells a file without credentials from a server that is not there', async () => {
    await expect(connectNats({ servers, credentials: { credsFile: import.meta.filename } })).rejects.toMatchObject({
      code: 'ERR_INVALID_CREDENTIALS',
      shortMessage: expect.stringContaining('holds no credentials for NATS'),
    })
  })
})

describe.skipIf(!hasNatsServer)('who looks at a relay, a group or a feed', () => {
  it.each([{ credentials: { token: 'open-sesame' } }, { credentials: { user: 'tape', password: 'open-sesame' } }])(
    'sees nothing secret of $credentials',
    async ({ credentials }) => {
      await using scene = await RelayScene.open(gateio)
      const { url: servers } = scene.nats
      const exchange = gateio.definition.name
      const [symbols, channels] = [['BTC/USDT'], ['trades'] as const]
      const source = await scene.feed({ symbols, channels })
      const published = await scene.relay(source, { credentials })
      const feed = await scene.follow({ credentials, symbols, channels })
      const definition = await natsExchange({ servers, credentials, exchange })
      const openFeed = (): Promise<ExchangeFeed> => scene.feed({ symbols, channels })
      await using group = await relayGroup({
        servers,
        credentials,
        group: 'test',
        exchange,
        openFeed,
        symbols,
        channels,
      })
      await until(() => group.symbols().length > 0)
      const all = { published, group, feed, manager: feed.manager, definition, strategies: definition.public({}) }
      for (const [name, one] of Object.entries(all)) expect(shown(one), name).not.toContain('open-sesame')
    },
  )
})

function url(servers: string): string {
  return servers.replace('nats://', 'nats://tape:open-sesame-2@')
}
