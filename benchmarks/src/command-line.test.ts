import { describe, expect, it } from 'vitest'
import { readCommandLine } from './command-line.js'

describe('readCommandLine', () => {
  it('runs everything five times by default', () => {
    const { scenarios, runs, seconds, json, save } = readCommandLine([])
    expect(scenarios.length).toBeGreaterThan(10)
    expect({ runs, seconds, json, save }).toEqual({ runs: 5, seconds: 3, json: false, save: false })
  })

  it('takes scenarios and lengths', () => {
    const { scenarios, runs, seconds } = readCommandLine(['latency', 'receive', '--runs', '2', '--seconds', '0.5'])
    expect(scenarios.map(({ name }) => name)).toEqual(['latency', 'receive'])
    expect({ runs, seconds }).toEqual({ runs: 2, seconds: 0.5 })
  })

  it.each([
    [['nothing'], /no scenario nothing.*receive/],
    [['--runs', '1.5'], /whole number/],
    [['--seconds', 'long'], /--seconds is a number above 0, not long/],
    [['--save', '--runs', '4'], /at least 5 runs/],
    [['--save', '--only', 'tapewire'], /no table without the peers/],
    [['--speed'], /--speed/],
  ])('refuses %j', (commandArguments, reason) => {
    expect(() => readCommandLine(commandArguments)).toThrow(reason)
  })
})
