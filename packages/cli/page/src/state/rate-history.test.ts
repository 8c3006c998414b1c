import { expect, test } from 'vitest'
import { mostSamples, withSamples } from './rate-history.js'

const sample = (at: number) => ({
  at,
  messagesPerSecond: 1,
  bytesPerSecond: 1,
  p50Ms: 1,
  p99Ms: 1,
  maxMs: 1,
  lagMs: null,
})

test('the rates are of the last five minutes, each second once', () => {
  const seconds = Array.from({ length: mostSamples }, (_, index) => sample(index))
  const held = withSamples([], seconds)
  const later = withSamples(held, [sample(mostSamples - 1), sample(mostSamples)])
  expect(later).toHaveLength(mostSamples)
  expect(later.map(({ at }) => at)).toEqual(Array.from({ length: mostSamples }, (_, index) => index + 1))
})
