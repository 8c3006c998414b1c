import type { GateioMutation } from './gateio-mutation.js'

const signature = 'shared/signature.ts'
const rest = 'shared/rest.ts'
const account = 'spot/account.ts'

/** Signatures that the exchange does not believe, and secrets that are told. */
export const signatureMutations: readonly GateioMutation[] = [
  {
    name: 'signatures are of another hash',
    check: 'payload.streams-begin',
    file: signature,
    find: "export const digest = 'sha512'",
    replace: "export const digest = 'sha256'",
  },
  {
    name: 'the time is not signed',
    check: 'payload.streams-begin',
    file: signature,
    find: '&event=${event}&time=${time}`',
    replace: '&event=${event}`',
  },
  {
    name: 'an unsubscribe is signed as a subscribe',
    check: 'subscription.unsubscribed-is-gone',
    file: signature,
    find: '&event=${event}&time=${time}`',
    replace: '&event=subscribe&time=${time + 0 * event.length}`',
  },
  {
    name: 'requests are signed with a time in milliseconds',
    check: 'payload.streams-begin',
    file: rest,
    find: 'return Math.floor((wallTime + this.#offsetMs) / 1000)',
    replace: 'return Math.floor(wallTime + this.#offsetMs)',
  },
  {
    name: 'the difference of the clocks is put on the wrong side',
    check: 'authentication.clock-of-the-exchange',
    file: rest,
    find: 'return Math.floor((wallTime + this.#offsetMs) / 1000)',
    replace: 'return Math.floor((wallTime - this.#offsetMs) / 1000)',
  },
  {
    name: 'requests are signed by the clock of this process',
    check: 'options.env-is-the-only-door',
    file: rest,
    find: 'const timestamp = String(serverTime.seconds(env.clock.wallTime()))',
    replace: 'const timestamp = String(serverTime.seconds(Date.now()))',
  },
  {
    name: 'the clock of the exchange is asked for after an abort',
    check: 'options.signal-ends-calls',
    file: rest,
    find: 'env.signal.throwIfAborted()\n',
    replace: '',
  },
  {
    name: 'what is signed of a list has no parameters',
    check: 'account.executions-fetched',
    file: rest,
    find: "const signed = ['GET', new URL(url).pathname, query, emptyBodyHash, timestamp].join('\\n')",
    replace: "const signed = ['GET', new URL(url).pathname, query.slice(0, 0), emptyBodyHash, timestamp].join('\\n')",
  },
  {
    name: 'the headers of a signed request stand in the log',
    check: 'authentication.no-secret-told',
    file: rest,
    find: 'return (await callRest({ url, headers }, gateioRest, env)).body',
    replace:
      "env.log.debug({ event: 'signed', text: signed, sign: headers.SIGN, by: headers.KEY })\n    return (await callRest({ url, headers }, gateioRest, env)).body",
  },
  {
    name: 'any text is taken for a key',
    check: 'authentication.refused-unseen',
    file: signature,
    find: 'token: /^[^\\s\\p{C}]+$/u,',
    replace: 'token: /^.*$/su,',
  },
  {
    name: 'that a signing function fails is not told as such',
    check: 'authentication.signing-fails',
    file: account,
    find: 'return Promise.all(signatures).then(compose, (thrown) => {\n      throw signingFailed(thrown)\n    })',
    replace: 'return Promise.all(signatures).then(compose)',
  },
  {
    name: 'whatever a signing function returns is sent',
    check: 'authentication.signing-fails',
    file: account,
    find: '"SIGN":"${checkedSignature(signature, digest)}"',
    replace: '"SIGN":"${signature}"',
  },
  {
    name: 'that a key is refused is not seen in the answer',
    check: 'authentication.wrong-secret',
    file: 'shared/errors.ts',
    find: "return authenticationCodes.has(code) ? 'ERR_AUTHENTICATION_FAILED' : undefined",
    replace: 'return undefined',
  },
]
