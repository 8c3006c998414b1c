import { describe, expect, test } from 'vitest'
import { admits } from './version-range.js'

const cases: readonly [range: string, inside: readonly string[], outside: readonly string[]][] = [
  ['^0.1.0', ['0.1.0', '0.1.9'], ['0.0.9', '0.2.0', '1.0.0']],
  ['^0.0.3', ['0.0.3'], ['0.0.4', '0.1.0']],
  ['^1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0']],
  ['^1', ['1.0.0', '1.9.9'], ['2.0.0']],
  ['^0', ['0.0.0', '0.9.0'], ['1.0.0']],
  ['~1.2.3', ['1.2.3', '1.2.9'], ['1.3.0']],
  ['~1', ['1.0.0', '1.9.9'], ['2.0.0']],
  ['>=0.0.0 <0.2.0', ['0.0.0', '0.1.5'], ['0.2.0']],
  ['>= 1.0.0 < 2', ['1.0.0', '1.9.9'], ['2.0.0']],
  ['>1.2 <=1.4', ['1.3.0', '1.4.9'], ['1.2.9', '1.5.0']],
  ['1.2.x || 2', ['1.2.7', '2.8.0'], ['1.3.0', '3.0.0']],
  ['1.0.0 - 1.2', ['1.0.0', '1.2.9'], ['1.3.0', '0.9.0']],
  ['0.1.0-beta.2', ['0.1.0'], ['0.1.1']],
  ['*', ['0.0.0', '99.0.0'], []],
  ['workspace:^', ['0.0.0', '99.0.0'], []],
  ['', ['1.0.0'], []],
]

describe('a range of versions', () => {
  test.each(cases)('%s admits what npm says it admits', (range, inside, outside) => {
    expect(inside.filter((version) => admits(range, version) !== true)).toEqual([])
    expect(outside.filter((version) => admits(range, version) !== false)).toEqual([])
  })

  test.each(['latest', 'git+https://github.com/x/y', 'file:../core'])('%s cannot be read', (range) => {
    expect(admits(range, '1.0.0')).toBeNull()
  })
})
