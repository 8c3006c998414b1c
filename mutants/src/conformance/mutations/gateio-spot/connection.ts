import type { GateioMutation } from './gateio-mutation.js'

const connection = 'spot/connection.ts'

/** Connections that are not kept alive, not made again, or made too often. */
export const connectionMutations: readonly GateioMutation[] = [
  {
    name: 'no ping is ever sent',
    check: 'heartbeat.hour-of-quiet',
    file: connection,
    find: 'transport.send(`{"time":${time},"channel":"${wireChannels.ping}"}`)',
    replace: 'if (time < 0) transport.send(`{"time":${time},"channel":"${wireChannels.ping}"}`)',
  },
  {
    name: 'a ping names the channel of pongs',
    check: 'heartbeat.not-told',
    file: connection,
    find: '"channel":"${wireChannels.ping}"}`)',
    replace: '"channel":"${wireChannels.pong}"}`)',
  },
  {
    name: 'pings are sent after the exchange has closed a silent connection',
    check: 'heartbeat.hour-of-quiet',
    file: connection,
    find: 'const pingIntervalMs = 10_000',
    replace: 'const pingIntervalMs = 90_000',
  },
  {
    name: 'a connection is not looked after',
    check: 'heartbeat.half-open',
    file: connection,
    find: '      pingIntervalMs,\n',
    replace: '      pingIntervalMs: null,\n',
  },
  {
    name: 'errors of the network end a feed',
    check: 'connection.tries-again',
    file: connection,
    find: "return retryable || code === 'ERR_AUTHENTICATION_FAILED'",
    replace: "return code === 'ERR_AUTHENTICATION_FAILED' && retryable",
  },
  {
    name: 'credentials that cannot be used are tried for ever',
    check: 'connection.gives-up',
    file: connection,
    find: "return retryable || code === 'ERR_AUTHENTICATION_FAILED'",
    replace: 'return retryable || code !== null',
  },
  {
    name: 'attempts to connect follow one another at once',
    check: 'connection.policy',
    file: connection,
    find: 'initialDelayMs: 500,',
    replace: 'initialDelayMs: 0,',
  },
  {
    name: 'connecting goes on after an abort',
    check: 'connection.abort-of-connect',
    file: connection,
    find: 'return openSocket(context, env)',
    replace: 'return openSocket(context, { ...env, signal: new AbortController().signal })',
  },
  {
    name: 'what ends a connection cannot be judged',
    check: 'connection.judges-everything',
    file: 'spot/account.ts',
    find: 'const isRefused = end instanceof StreamError && this.#refusedSockets.has(end)',
    replace:
      "const isRefused = this.#refusedSockets.has(end) && (end as StreamError).message.length > 0\n    if (!(end instanceof StreamError) && end.error?.code === undefined) throw new Error('unknown')",
  },
  {
    name: 'where to connect is not said',
    check: 'connection.context-shape',
    file: connection,
    find: '      pingTimeoutMs,\n',
    replace: '      pingTimeoutMs: undefined as unknown as number,\n',
  },
]
