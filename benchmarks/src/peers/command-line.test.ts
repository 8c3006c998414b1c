import { describe, expect, it } from 'vitest'
import { readCommandLine } from './command-line.js'

describe('readCommandLine of the peers', () => {
  it('runs every client for a minute by default', () => {
    const { peers, durationMs } = readCommandLine([])
    expect({ names: peers.map(({ name }) => name), durationMs }).toEqual({
      names: ['ccxt-gateio', 'ccxt-mexc', 'gateio-api'],
      durationMs: 60_000,
    })
  })

  it('takes a length and some of the clients', () => {
    const { peers, durationMs } = readCommandLine(['--duration', '5m', '--only', 'gateio-api,ccxt-mexc'])
    expect({ names: peers.map(({ name }) => name), durationMs }).toEqual({
      names: ['gateio-api', 'ccxt-mexc'],
      durationMs: 300_000,
    })
  })

  it.each([
    [['--duration', '5'], /90s or 5m, not 5/],
    [['--duration', '0s'], /90s or 5m, not 0s/],
    [['--only', 'nothing'], /no client nothing.*ccxt-gateio/],
    [['--nothing'], /--nothing/],
  ])('refuses %j', (commandArguments, message) => {
    expect(() => readCommandLine(commandArguments)).toThrow(message)
  })
})
