import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
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

  it('takes another checkout that is built, and the scenarios that ask for times', () => {
    const checkout = mkdtempSync(join(tmpdir(), 'tapewire-checkout-'))
    try {
      mkdirSync(join(checkout, 'benchmarks/dist'), { recursive: true })
      writeFileSync(join(checkout, 'benchmarks/dist/subject-process.js'), '')
      const { scenarios, other } = readCommandLine(['--against', checkout])
      expect(other?.folder.href).toBe(pathToFileURL(join(checkout, 'benchmarks/dist/')).href)
      const names = scenarios.map(({ name }) => name)
      expect(names).toContain('gateio-thousand-pairs')
      expect(names).not.toContain('memory')
      expect(() => readCommandLine(['memory', '--against', checkout])).toThrow('memory has no times')
    } finally {
      rmSync(checkout, { recursive: true })
    }
  })

  it.each([
    [['nothing'], /no scenario nothing.*receive/],
    [['--runs', '1.5'], /whole number/],
    [['--seconds', 'long'], /--seconds is a number above 0, not long/],
    [['--save', '--runs', '4'], /at least 5 runs/],
    [['--save', '--only', 'tapewire'], /no table without the peers/],
    [['--save', '--against', '.'], /two builds is not published/],
    [['--against', 'nowhere'], /no built benchmarks in .*nowhere/],
    [['--speed'], /--speed/],
  ])('refuses %j', (commandArguments, reason) => {
    expect(() => readCommandLine(commandArguments)).toThrow(reason)
  })
})
