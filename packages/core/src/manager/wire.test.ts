import { expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { chooseLogger, type Log } from '../config/logger.js'
import type { MessageParser } from '../strategy/message-parser.js'
import type { Network } from '../strategy/network.js'
import { Wire } from './wire.js'

const silent = chooseLogger(undefined)

function traced(log: Log): Wire {
  const wire = new Wire({
    exchange: 'acme_spot',
    clock: new ManualClock(),
    network: {} as Network,
    parser: {} as MessageParser,
  })
  wire.trace(log)
  return wire
}

test('the log sees frames where it shows trace, and otherwise nobody listens to them', () => {
  const upTo = (level: string): Log => ({ ...silent, isLevelEnabled: (asked) => asked === level || asked === 'debug' })
  expect(traced(upTo('trace')).frames.isOn).toBe(true)
  expect(traced(upTo('debug')).frames.isOn).toBe(false)
})

test('a logger that cannot say which levels it shows is given no message contents', () => {
  expect(traced(silent).frames.isOn).toBe(false)
})
