import { getMaxListeners } from 'node:events'
import { expect, test } from 'vitest'
import { waitOptionsChecker } from '../config/wait-options.js'
import { sharedSignal } from './shared-signal.js'

test('a signal that many calls wait for may have any number of listeners', () => {
  const { signal } = new AbortController()
  expect(sharedSignal(signal)).toBe(signal)
  expect(getMaxListeners(signal)).toBe(Number.POSITIVE_INFINITY)
})

test('a signal that a user passes to many calls prints no warning from the eleventh on', () => {
  const { signal } = new AbortController()
  waitOptionsChecker('The options are not valid')({ signal })
  expect(getMaxListeners(signal)).toBe(Number.POSITIVE_INFINITY)
})
