import { expect, test } from 'vitest'
import { streamOf } from '../../test/support/streams.js'
import { Coverage } from './coverage.js'

const stream = streamOf('executions', { channels: ['executions'], instrument: null })

test('a lane covers for the other from when it was accepted, until it ends', () => {
  const coverage = new Coverage()
  coverage.begin(1, [stream], 100)
  expect(coverage.isBeside(0, stream, 99)).toBe(false)
  expect(coverage.isBeside(0, stream, 100)).toBe(true)
  expect(coverage.isBeside(1, stream, 100)).toBe(false)
  coverage.end(1, [stream])
  expect(coverage.isBeside(0, stream, 100)).toBe(false)
})

test('what is accepted once more was covered all along', () => {
  const coverage = new Coverage()
  coverage.begin(0, [stream], 100)
  coverage.begin(0, [stream], 200)
  expect(coverage.isBeside(1, stream, 100)).toBe(true)
  coverage.end(0, [stream])
  coverage.begin(0, [stream], 300)
  expect(coverage.isBeside(1, stream, 200)).toBe(false)
})
