import { Agent } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { ExchangeDefinition, StrategyEnv } from '../src/adapter.js'
import { type InstrumentListing, listInstruments, tradingPair } from '../src/index.js'
import { ManualClock } from '../src/testing.js'
import { acmeSpot } from './support/acme-exchange.js'

const listing: InstrumentListing = {
  instrument: tradingPair('BTC', 'USDT'),
  wireSymbol: 'BTC-USDT',
  status: 'trading',
  priceStep: '0.1',
  sizeStep: null,
  minSize: null,
  minQuoteSize: '5',
}

/** Acme with a list of instruments, and what that was asked with. */
function listingAcme(): { readonly asked: [unknown, StrategyEnv][]; readonly exchange: ExchangeDefinition } {
  const asked: [unknown, StrategyEnv][] = []
  const exchange: ExchangeDefinition = {
    ...acmeSpot,
    listInstruments: async (options, env) => {
      asked.push([options, env])
      return [listing]
    },
  }
  return { asked, exchange }
}

describe('the instruments of an exchange', () => {
  test('are what its definition lists', async () => {
    const { exchange } = listingAcme()
    expect(await listInstruments({ exchange })).toEqual([listing])
  })

  test('are asked for with the user’s options, clock, signal and agent, unless the options name an agent', async () => {
    const { exchange, asked } = listingAcme()
    const [clock, signal, ours, theirs] = [new ManualClock(), new AbortController().signal, new Agent(), new Agent()]
    const options = { restUrl: 'https://acme.example/v2', socket: { agent: theirs, maxPayloadBytes: 7 } }
    await listInstruments({ exchange, clock, signal, agent: ours })
    await listInstruments({ exchange, clock, signal, agent: ours, options })
    expect(asked.map(([given]) => given)).toEqual([undefined, options])
    for (const [, env] of asked) expect([env.clock, env.signal]).toEqual([clock, signal])
    expect(asked.map(([, { socket }]) => [ours, theirs].indexOf(socket.agent as Agent))).toEqual([0, 1])
    expect(asked[1]?.[1].socket.maxPayloadBytes).toBe(7)
  })

  test('cannot be asked for where the exchange has no list', async () => {
    await expect(listInstruments({ exchange: acmeSpot })).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED_OPTION',
      shortMessage: 'Acme spot has no list of instruments here.',
    })
  })

  test('cannot be asked for with options that there are not', async () => {
    const { exchange } = listingAcme()
    const options = { exchange, symbols: ['BTC/USDT'] }
    await expect(listInstruments(options)).rejects.toMatchObject({
      code: 'ERR_INVALID_CONFIG',
      shortMessage: 'Instruments cannot be listed: symbols is not an option.',
    })
  })

  test('cannot be asked for with a logger, a level, a clock or an agent that are none', async () => {
    const { exchange, asked } = listingAcme()
    const wrong: object = { logger: console, logLevel: 'loud', clock: Date, agent: 'proxy' }
    await expect(listInstruments({ exchange, ...wrong })).rejects.toMatchObject({
      code: 'ERR_INVALID_CONFIG',
      shortMessage: expect.stringMatching(
        /^Instruments cannot be listed: logger is the console.*; logLevel must be.*; clock must be.*; agent must be/,
      ),
    })
    expect(asked).toEqual([])
  })

  test('cannot be asked for with a signal that is none', async () => {
    const { exchange, asked } = listingAcme()
    const signal = new AbortController() as unknown as AbortSignal
    await expect(listInstruments({ exchange, signal })).rejects.toMatchObject({
      code: 'ERR_INVALID_CONFIG',
      shortMessage: 'Instruments cannot be listed: signal must be an AbortSignal.',
      hint: 'Of an AbortController, pass its signal.',
    })
    expect(asked).toEqual([])
  })
})
