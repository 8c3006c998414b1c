import { describe, expect, it } from 'vitest'
import { StateCheck } from './state-check.js'

describe('StateCheck', () => {
  it('compares the last states, of what happened since the first message', () => {
    const check = new StateCheck()
    check.happened('early', '1')
    check.happened('a', '1')
    check.received('a', '1')
    check.happened('b', '1')
    check.happened('c', '1')
    check.received('c', '1')
    check.happened('c', '2')
    check.received('d', '1')
    expect(check.differences()).toEqual(['b: is 1, told nothing', 'c: is 2, told 1', 'd: is nothing, told 1'])
  })
})
