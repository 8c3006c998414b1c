import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nkeys } from '@nats-io/nats-core'
import { NatsServer } from '../../../../tools/nats-server.js'
import type { NatsCredentials, NatsTls } from '../../src/connect/nats-options.js'

/** A server that asks for something, what opens it, and what does not. */
export interface GuardedServer {
  readonly url: string
  readonly right: { readonly credentials?: NatsCredentials; readonly tls?: NatsTls }
  readonly wrong: { readonly credentials?: NatsCredentials; readonly tls?: NatsTls }
  /** What must be seen nowhere. */
  readonly secrets: readonly string[]
  [Symbol.asyncDispose](): Promise<void>
}

/** NATS's own means. */
export const guards: Readonly<Record<string, (folder: string) => Promise<Guard>>> = {
  async 'a user and a password'() {
    const [password, other] = ['open-sesame-1', 'open-sesame-2']
    return {
      args: ['--user', 'tape', '--pass', password],
      right: { credentials: { user: 'tape', password } },
      wrong: { credentials: { user: 'tape', password: other } },
      secrets: [password, other],
    }
  },

  async 'a token'() {
    const [token, other] = ['token-that-opens', 'token-that-does-not']
    return {
      args: ['--auth', token],
      right: { credentials: { token } },
      wrong: { credentials: { token: other } },
      secrets: [token, other],
    }
  },

  async 'an nkey'(folder) {
    const [user, other] = [nkeys.createUser(), nkeys.createUser()]
    const config = join(folder, 'nkey.conf')
    await writeFile(config, `authorization: { users: [ { nkey: ${user.getPublicKey()} } ] }\n`)
    const [seed, otherSeed] = [seedOf(user), seedOf(other)]
    return {
      args: ['-c', config],
      right: { credentials: { nkeySeed: seed } },
      wrong: { credentials: { nkeySeed: otherSeed } },
      secrets: [seed, otherSeed],
    }
  },

  async 'a creds file'(folder) {
    const [operator, system, account, user, stranger] = [
      nkeys.createOperator(),
      nkeys.createAccount(),
      nkeys.createAccount(),
      nkeys.createUser(),
      nkeys.createAccount(),
    ]
    const any = -1
    const limits = {
      subs: any,
      data: any,
      payload: any,
      imports: any,
      exports: any,
      wildcards: true,
      conn: any,
      leaf: any,
    }
    const config = join(folder, 'operator.conf')
    const accountToken = token(operator, account, { type: 'account', version: 2, limits })
    const systemToken = token(operator, system, { type: 'account', version: 2, limits })
    const lines = [
      `operator: ${token(operator, operator, { type: 'operator', version: 2 })}`,
      'resolver: MEMORY',
      `resolver_preload: { ${account.getPublicKey()}: ${accountToken}, ${system.getPublicKey()}: ${systemToken} }`,
      `system_account: ${system.getPublicKey()}`,
    ]
    await writeFile(config, `${lines.join('\n')}\n`)
    const claims = { type: 'user', version: 2, subs: any, data: any, payload: any, pub: {}, sub: {} }
    const [right, wrong] = [join(folder, 'right.creds'), join(folder, 'wrong.creds')]
    const [rightToken, wrongToken] = [token(account, user, claims), token(stranger, user, claims)]
    await writeFile(right, credsOf(rightToken, user))
    await writeFile(wrong, credsOf(wrongToken, user))
    return {
      args: ['-c', config],
      right: { credentials: { credsFile: right } },
      wrong: { credentials: { credsFile: wrong } },
      secrets: [seedOf(user), rightToken, wrongToken],
    }
  },

  async 'a certificate of its own'(folder) {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ]
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
    execFileSync('openssl', [...request, ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return {
      args: ['--tls', '--tlscert', cert, '--tlskey', key],
      right: { tls: { caFile: cert } },
      wrong: {},
      secrets: [],
    }
  },
}

interface Guard extends Pick<GuardedServer, 'right' | 'wrong' | 'secrets'> {
  readonly args: readonly string[]
}

/** Starts a server that asks for one of them. */
export async function startGuarded(guard: (folder: string) => Promise<Guard>): Promise<GuardedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tapewire-guard-'))
  const { args, right, wrong, secrets } = await guard(folder)
  const server = await NatsServer.start({ args })
  return {
    url: server.url,
    right,
    wrong,
    secrets,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type KeyPair = ReturnType<typeof nkeys.createUser>

function seedOf(pair: KeyPair): string {
  return new TextDecoder().decode(pair.getSeed())
}

/** What one key says of another, as NATS's own tools write it. */
function token(issuer: KeyPair, subject: KeyPair, nats: Readonly<Record<string, unknown>>): string {
  const claims = {
    jti: 'TEST',
    iat: 1_700_000_000,
    iss: issuer.getPublicKey(),
    name: 'test',
    sub: subject.getPublicKey(),
    nats,
  }
  const parts = [{ typ: 'JWT', alg: 'ed25519-nkey' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const signature = issuer.sign(new TextEncoder().encode(parts.join('.')))
  return [...parts, Buffer.from(signature).toString('base64url')].join('.')
}

function credsOf(userToken: string, user: KeyPair): string {
  return [
    '-----BEGIN NATS USER JWT-----',
    userToken,
    '------END NATS USER JWT------',
    '',
    '-----BEGIN USER NKEY SEED-----',
    seedOf(user),
    '------END USER NKEY SEED------',
    '',
  ].join('\n')
}
