import { describe, expect, it } from 'vitest'
import { readCommandLine } from './command-line.js'

describe('readCommandLine', () => {
  it('runs a thousand seeds from the first on where nothing else is said', () => {
    expect(readCommandLine([])).toMatchObject({ task: 'seeds', from: 1, seeds: 1_000, exchange: undefined })
  })

  it('takes one seed, of one exchange and side', () => {
    const asked = ['--seed', '17', '--exchange', 'mexc_spot', '--side', 'private', '--trace']
    expect(readCommandLine(asked)).toMatchObject({
      task: 'seed',
      from: 17,
      seeds: 1,
      exchange: 'mexc_spot',
      side: 'private',
      isWhole: true,
    })
  })

  it.each([
    [['--seeds', '0'], '--seeds is a whole number from 1 on, not 0.'],
    [['--seeds', 'many'], '--seeds is a whole number from 1 on, not many.'],
    [['--workers', '1.5'], '--workers is a whole number from 1 on, not 1.5.'],
    [['--exchange', 'acme'], '--exchange is one of gateio_spot, mexc_spot, not acme.'],
    [['--side', 'both'], '--side is one of public, private, not both.'],
    [['--seed', '1', '--soak'], '--seed, --soak and --self-test exclude each other.'],
    [['--seed', '1', '--from', '2'], '--seed is one alone: leave out --seeds and --from.'],
    [['--trace'], '--trace shows one seed: name it with --seed.'],
    [['--hours', '2'], '--hours belongs to --soak.'],
    [['--soak', '--hours', '0'], '--hours is a number above 0, at most 1000, not 0.'],
    [['--only', 'replay'], '--only belongs to --self-test.'],
  ])('says what cannot be meant: %s', (asked, message) => {
    expect(() => readCommandLine(asked)).toThrow(message)
  })

  it('says so of options that do not exist', () => {
    expect(() => readCommandLine(['--sedes', '3'])).toThrow(/--sedes/)
  })
})
