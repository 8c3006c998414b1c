import { Agent } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { StreamError } from '../errors/stream-error.js'
import {
  defaultSocketSettings,
  type EndpointOptions,
  exchangeOptionsChecker,
  resolveSocketSettings,
} from './endpoint-options.js'

function refusal(call: () => unknown): StreamError {
  try {
    call()
  } catch (thrown) {
    return thrown as StreamError
  }
  throw new Error('it was accepted')
}

describe('the options of an exchange', () => {
  const check = exchangeOptionsChecker<EndpointOptions & { readonly depth?: number }>('acme_spot lacks these options', {
    depth: { type: 'integer', enum: [5, 20] },
  })

  test('are given back without those that are undefined', () => {
    const agent = new Agent()
    expect(check(undefined)).toEqual({})
    expect(check({ url: 'ws://127.0.0.1:9/', restUrl: undefined, depth: 5, socket: { agent } } as object)).toEqual({
      url: 'ws://127.0.0.1:9/',
      depth: 5,
      socket: { agent },
    })
    expect(() => check({ socket: { transport: undefined } } as object)).not.toThrow()
  })

  test('have a restUrl that adapters can put paths behind, and nothing is asked over unencrypted', () => {
    expect(check({ restUrl: 'https://rest.example/v3/' })).toEqual({ restUrl: 'https://rest.example/v3' })
    expect(refusal(() => check({ restUrl: 'http://rest.example' })).code).toBe('ERR_INSECURE_URL')
  })

  test('are refused with every mistake named, those about the socket included', () => {
    const given = { url: '', dept: 5, socket: { transport: 'pigeon', agnet: {}, maxPayloadBytes: 0 } } as object
    expect(refusal(() => check(given)).message).toMatchInlineSnapshot(`
      "acme_spot lacks these options: dept is not an option (did you mean depth?); url must NOT have fewer than 1 characters; socket.agnet is not an option; socket.maxPayloadBytes must be >= 1; socket.transport must be one of ws, walker.  [ERR_UNSUPPORTED_OPTION]
      Known options: url, restUrl, socket, depth."
    `)
  })

  test.each([[[]], ['ws://127.0.0.1/'], [null]])('must be an object: %j', (given) => {
    if (given === null) expect(check(given as never)).toEqual({})
    else expect(refusal(() => check(given as never)).code).toBe('ERR_UNSUPPORTED_OPTION')
  })
})

describe('socket settings', () => {
  test('are the defaults but for what is given', () => {
    expect(resolveSocketSettings(null)).toBe(defaultSocketSettings)
    const agent = new Agent()
    expect(
      resolveSocketSettings({ handshakeTimeoutMs: 5, agent: undefined } as object, { ...defaultSocketSettings, agent }),
    ).toEqual({
      handshakeTimeoutMs: 5,
      maxPayloadBytes: 16_777_216,
      agent,
      transport: 'walker',
    })
  })

  test.each([[{ transport: 'carrier-pigeon' }], [{ handshakeTimeoutMs: 0 }], [{ clock: {} }], [{ agent: 'proxy' }]])(
    'refuse %j',
    (options) => {
      expect(refusal(() => resolveSocketSettings(options as never)).code).toBe('ERR_UNSUPPORTED_OPTION')
    },
  )
})
