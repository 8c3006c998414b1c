import type { AdapterMutation } from '../../adapter-mutation.js'
import { inFile } from './in-file.js'

/** Connections that are made, kept or given up in a wrong way, and listen keys that are not looked after. */
export const connectionMutations: readonly AdapterMutation[] = [
  ...inFile('spot/connection.ts', [
    {
      name: 'pings are misspelt',
      check: 'heartbeat.hour-of-quiet',
      find: '\'{"method":"PING"}\'',
      replace: '\'{"method":"PNG"}\'',
    },
    {
      name: 'pings are those of the WebSocket protocol',
      check: 'heartbeat.hour-of-quiet',
      find: '      pingMessage,\n',
      replace: '      pingMessage: null,\n',
    },
    {
      name: 'no pings are sent',
      check: 'heartbeat.hour-of-quiet',
      find: '      pingIntervalMs,\n',
      replace: '      pingIntervalMs: 0,\n',
    },
    {
      name: 'whether to log in is not said',
      check: 'connection.context-shape',
      find: '      authRequired: false,\n',
      replace: '',
    },
    {
      name: 'connections are never made again',
      check: 'connection.policy',
      find: 'maxAttempts: 10',
      replace: 'maxAttempts: 0',
    },
    {
      name: 'attempts follow at once',
      check: 'connection.policy',
      find: 'initialDelayMs: 1_000',
      replace: 'initialDelayMs: 1',
    },
    {
      name: 'a timer is left behind by each connection',
      check: 'lifecycle.close-while-live',
      find: 'return openSocket(context, env)',
      replace: 'env.clock.setTimer(3_600_000, () => {})\n    return openSocket(context, env)',
    },
    {
      name: 'a timer is set past the environment',
      check: 'options.env-is-the-only-door',
      find: 'return openSocket(context, env)',
      replace: 'setTimeout(() => {}, 1)\n    return openSocket(context, env)',
    },
    {
      name: 'the first environment is kept for later connections',
      check: 'options.env-is-not-kept',
      find: 'return openSocket(context, env)',
      replace: 'this.kept ??= env\n    return openSocket(context, this.kept)',
    },
    {
      name: 'a handshake goes on when it is not wanted any more',
      check: 'options.signal-ends-calls',
      find: 'return openSocket(context, env)',
      replace: 'return openSocket(context, { ...env, signal: new AbortController().signal })',
    },
    {
      name: 'whatever may pass is given up on',
      check: 'connection.tries-again',
      find: 'return error.retryable',
      replace: 'return false',
    },
    {
      name: 'nothing is ever sent while the market is quiet',
      check: 'heartbeat.hour-of-quiet',
      find: 'const pingIntervalMs = 20_000',
      replace: 'const pingIntervalMs = 200_000',
    },
  ]),
  ...inFile('spot/account.ts', [
    {
      name: 'credentials that cannot be used are tried again',
      check: 'connection.gives-up',
      find: "return error.retryable || passing.has(error.code) || error.code === 'ERR_AUTHENTICATION_FAILED'",
      replace: 'return true',
    },
    {
      name: 'why a socket was closed is read like an error',
      check: 'connection.judges-everything',
      find: 'const isRefused = end instanceof StreamError && this.#refusedSockets.has(end)',
      replace: "const isRefused = end.code.startsWith('ERR_') && this.#refusedSockets.has(end)",
    },
    {
      name: 'a listen key is kept where no socket could be opened',
      check: 'connection.gives-back',
      find: 'this.#leases.get(context)?.end()\n      this.#refusedSockets',
      replace: 'this.#refusedSockets',
    },
    {
      name: 'nothing is given back when all is over',
      check: 'connection.gives-back',
      find: 'return this.#pool.release(env)',
      replace: 'return Promise.resolve()',
    },
    {
      name: 'a listen key is written into the log',
      check: 'authentication.no-secret-told',
      find: 'if (signal.aborted) lease.end()',
      replace: "env.log.debug({ event: 'listen-key', key: lease.listenKey })\n    if (signal.aborted) lease.end()",
    },
    {
      name: 'a listen key is used again for the next connection',
      check: 'account.key-expired',
      find: 'const lease = await this.#pool.lease(env)',
      replace: 'this.held ??= this.#pool.lease(env)\n    const lease = await this.held',
    },
    {
      name: 'nobody looks after listen keys',
      check: 'account.key-expired',
      find: 'lease?.keepAlive({ env, checkIntervalMs: this.#checkIntervalMs, takeOver, lost })',
      replace: '',
    },
  ]),
  ...inFile('shared/listen-keys/renewals.ts', [
    {
      name: 'listen keys are never renewed',
      check: 'authentication.lasts',
      find: 'if (entry.renewal === null) this.#schedule(entry, firstRenewalMs)',
      replace: '',
    },
    {
      name: 'listen keys are renewed too late',
      check: 'authentication.lasts',
      find: 'const renewalIntervalMs = 30 * 60_000',
      replace: 'const renewalIntervalMs = 70 * 60_000',
    },
    {
      name: 'the renewal of a listen key goes on after its connections',
      check: 'lifecycle.close-while-live',
      find: 'if (renewal?.by !== lease) return',
      replace: 'if (renewal !== null) return',
    },
  ]),
  ...inFile('shared/listen-keys/listen-keys.ts', [
    {
      name: 'listen keys are renewed by the wrong method',
      check: 'authentication.lasts',
      find: "method: 'PUT', path, parameters",
      replace: "method: 'GET', path, parameters",
    },
  ]),
  ...inFile('shared/errors.ts', [
    {
      name: 'a key that is unknown is an error like any other',
      check: 'authentication.wrong-key',
      find: '  10072: unknownKey,\n',
      replace: '',
    },
    {
      name: 'a wrong signature is an error like any other',
      check: 'authentication.wrong-secret',
      find: '  700002: wrongSignature,\n',
      replace: '',
    },
    {
      name: 'a refused time is an error like any other',
      check: 'authentication.clock-of-the-exchange',
      find: '  700003: badTime,\n',
      replace: '',
    },
  ]),
  ...inFile('shared/rest.ts', [
    {
      name: 'the clock of the exchange is asked, and not heeded',
      check: 'authentication.clock-of-the-exchange',
      find: 'this.#offsetMs = await clockOffset(',
      replace: 'await clockOffset(',
    },
    {
      name: 'the difference of the clocks is taken away instead of added',
      check: 'authentication.clock-of-the-exchange',
      find: 'env.clock.wallTime() + this.#offsetMs\n',
      replace: 'env.clock.wallTime() - this.#offsetMs\n',
    },
    {
      name: 'signed queries are written into the log',
      check: 'authentication.no-secret-told',
      find: 'const url = `${restUrl}${path}?${query}`',
      replace: 'const url = `${restUrl}${path}?${query}`\n    env.log.debug({ event: method, query })',
    },
    {
      name: 'a signed request has no time',
      check: 'payload.streams-begin',
      find: 'recvWindow: recvWindowMs, timestamp }',
      replace: 'recvWindow: recvWindowMs }',
    },
    {
      name: 'a signed request has the time of this machine, whatever clock it is given',
      check: 'options.env-is-the-only-door',
      find: 'const timestamp = env.clock.wallTime() + this.#offsetMs',
      replace: 'const timestamp = Date.now() + this.#offsetMs',
    },
    {
      name: 'the times of signed requests are in seconds',
      check: 'payload.streams-begin',
      find: 'const timestamp = env.clock.wallTime() + this.#offsetMs',
      replace: 'const timestamp = Math.floor((env.clock.wallTime() + this.#offsetMs) / 1_000)',
    },
    {
      name: 'a signed call goes on when it is not wanted any more',
      check: 'options.signal-ends-calls',
      find: 'return (await callRest({ url, method, headers, ...timing }, mexcRest, env)).body',
      replace:
        'return (await callRest({ url, method, headers, ...timing }, mexcRest, { ...env, signal: new AbortController().signal })).body',
    },
  ]),
  ...inFile('shared/signature.ts', [
    {
      name: 'signatures are of another digest',
      check: 'payload.streams-begin',
      find: "const digest = 'sha256'",
      replace: "const digest = 'sha512'",
    },
    {
      name: 'what is signed is not what is sent',
      check: 'payload.streams-begin',
      find: 'await signed(signer, query, env)',
      replace: "await signed(signer, query.replace(/recvWindow=\\d+&/, ''), env)",
    },
    {
      name: 'what a signing function returns is sent, whatever it is',
      check: 'authentication.signing-fails',
      find: '`${query}&signature=${checkedSignature(signature, digest)}`',
      replace: '`${query}&signature=${signature}`',
    },
    {
      name: 'a signing function is awaited for ever',
      check: 'authentication.signing-hangs',
      find: 'return within(limits, (attempt) => abortable(sign(signer, query), attempt))',
      replace: 'return sign(signer, query)',
    },
    {
      name: 'a key of any characters is taken',
      check: 'authentication.refused-unseen',
      find: 'token: /^[\\x21-\\x7e]+$/',
      replace: 'token: /^/',
    },
  ]),
]
