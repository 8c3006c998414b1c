import { expect, test } from 'vitest'
import { readKeys } from './keys.js'

test.each([
  ['q', ['quit']],
  ['\u0003', ['quit']],
  ['\u001b[C', ['next']],
  ['\u001bOD', ['previous']],
  ['\u001b[C\u001b[C\t', ['next', 'next', 'next']],
  ['\u001b', ['back']],
  ['e ?c\f\u001a', ['exchange', 'pause', 'help', 'connect', 'redraw', 'suspend']],
  ['\u001b[1;5C\u001b[200~x', []],
] as const)('%j means %j', (input, keys) => {
  expect(readKeys(input)).toEqual(keys)
})
