import { readFile } from 'node:fs/promises'
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  type NatsConnection,
  type NodeConnectionOptions,
  nkeyAuthenticator,
  nkeys,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node'
import { StreamError } from '@tapewire/core'
import type { NatsCredentials, NatsOptions } from './nats-options.js'
import { addressOf, asksForTls } from './server-addresses.js'

/** A server that says nothing for twice as long is gone, ms. */
const pingIntervalMs = 5_000
const maxPingOut = 2
const defaultConnectTimeoutMs = 5_000

/**
 * One connection to NATS, which does not come back by itself: whoever asked for it decides when to try again. Rejects with `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`,
 * `ERR_HOST_NOT_FOUND`, `ERR_AUTHENTICATION_FAILED`, `ERR_INVALID_CREDENTIALS` for a creds file or seed that cannot be read, and `ERR_INVALID_CONFIG` for an address of anything else.
 */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const { credentials, name = 'tapewire', connectTimeoutMs = defaultConnectTimeoutMs } = options
  const servers = [options.servers].flat()
  const isSecured = asksForTls(servers)
  const tls = options.tls ?? (isSecured ? {} : undefined)
  const authenticator = credentials === undefined ? null : await authenticatorOf(credentials)
  for (const path of [tls?.caFile, tls?.certFile, tls?.keyFile]) {
    if (path !== undefined) await readFile(path).catch((thrown: unknown) => Promise.reject(unreadable(path, thrown)))
  }
  const settings: NodeConnectionOptions = {
    servers,
    name,
    timeout: connectTimeoutMs,
    reconnect: false,
    // Traces of asynchronous calls cost more than the calls.
    noAsyncTraces: true,
    pingInterval: pingIntervalMs,
    maxPingOut,
    ...(authenticator === null ? {} : { authenticator }),
    ...(tls === undefined ? {} : { tls }),
  }
  try {
    return await connect(settings)
  } catch (thrown) {
    throw connectionFailure(thrown, servers)
  }
}

async function authenticatorOf(credentials: NatsCredentials): Promise<Authenticator> {
  try {
    if ('token' in credentials) return tokenAuthenticator(credentials.token)
    if ('user' in credentials) return usernamePasswordAuthenticator(credentials.user, credentials.password)
    if ('nkeySeed' in credentials) {
      const seed = new TextEncoder().encode(credentials.nkeySeed)
      // The client would look at it when the server has asked only, and take it for a server that is not there.
      nkeys.fromSeed(seed)
      return nkeyAuthenticator(seed)
    }
  } catch {
    // Without its cause, which may repeat what is secret.
    throw new StreamError('ERR_INVALID_CREDENTIALS', 'The credentials for NATS cannot be read.', {
      hint: 'An nkey is given by its seed, which begins with SU.',
    })
  }
  const { credsFile } = credentials as Extract<NatsCredentials, { readonly credsFile: string }>
  const bytes = await readFile(credsFile).catch((thrown: unknown) => Promise.reject(unreadable(credsFile, thrown)))
  const authenticator = credsAuthenticator(bytes)
  try {
    // For the same reason.
    authenticator('nonce')
  } catch {
    throw new StreamError('ERR_INVALID_CREDENTIALS', `The file ${credsFile} holds no credentials for NATS.`, {
      hint: 'It has to be as nsc makes it, with a JWT and the seed of an nkey.',
    })
  }
  return authenticator
}

function unreadable(path: string, thrown: unknown): StreamError {
  return new StreamError('ERR_INVALID_CREDENTIALS', `The file ${path}, for NATS, cannot be read.`, {
    context: { Reason: codesOf(thrown) },
    hint: 'Check the path, and that this user may read it.',
  })
}

/** Without the client's error as its cause: that one may hold the URL with what is secret in it. */
function connectionFailure(thrown: unknown, servers: readonly string[]): StreamError {
  const code = codesOf(thrown)
  const where = { Servers: servers.map(addressOf).join(', ') }
  if (isAuthorization(thrown)) {
    return new StreamError('ERR_AUTHENTICATION_FAILED', 'NATS refused who we are.', {
      context: where,
      hint: servers.some((server) => server.includes('@'))
        ? 'What stands before the @ of a URL is not read: give it as credentials.'
        : 'Look at the credentials, and at what the server’s configuration allows them.',
    })
  }
  if (code.includes('ENOTFOUND') || code.includes('EAI_AGAIN')) {
    return new StreamError('ERR_HOST_NOT_FOUND', 'The host of a NATS server is not known.', {
      context: where,
      hint: 'Check how it is spelt, and the name servers of this machine.',
    })
  }
  if (code.includes('ERR_INVALID_ARG'))
    return new StreamError('ERR_INVALID_CREDENTIALS', 'NATS cannot use the credentials.')
  if (thrown instanceof errors.TimeoutError) {
    return new StreamError('ERR_CONNECTION_TIMEOUT', 'No connection to NATS in time.', {
      context: where,
      hint: 'Check host and port: whoever is there says nothing that a nats-server would say. Where TLS begins first there, set tls.handshakeFirst.',
    })
  }
  // How the client says that it asked for TLS in vain; it has sent nothing of us then.
  if (thrown instanceof errors.ConnectionError && thrown.message.includes("'tls'")) {
    return new StreamError('ERR_CONNECTION_REFUSED', 'The NATS server has no TLS, and nothing else will do.', {
      context: where,
      hint: 'Give the server a certificate (its tls block), or leave out tls and write nats:// where plain text will do.',
    })
  }
  return new StreamError('ERR_CONNECTION_REFUSED', 'No connection to NATS.', {
    context: code === '' ? where : { ...where, Reason: code },
    hint: /CERT|ISSUER/.test(code)
      ? 'The server’s certificate is not trusted: name the authority that signed it (tls.caFile, or --nats-ca).'
      : code === ''
        ? 'Somebody is there and ended it: is it a nats-server, and does it have TLS where TLS is asked for?'
        : 'Is nats-server running there? It is one command: nats-server -js',
  })
}

function isAuthorization(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return [thrown, cause].some(
    (error) => error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError,
  )
}

/** The system's own codes of an error and its causes, which are never secret. */
function codesOf(thrown: unknown): string {
  const codes: string[] = []
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    const { code } = error as { readonly code?: unknown }
    if (typeof code === 'string') codes.push(code)
  }
  return codes.join(', ')
}
