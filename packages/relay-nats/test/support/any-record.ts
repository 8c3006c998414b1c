import { type Alert, parseInstrument } from '@tapewire/core'
import { createStream } from '@tapewire/core/adapter'
import fc from 'fast-check'
import type { Answer } from '../../src/encoding/records/answer.js'
import type { Beat } from '../../src/encoding/records/beat.js'
import type { RelayedGap } from '../../src/encoding/records/gap.js'
import type { RelayedState } from '../../src/encoding/records/state.js'
import { alertKindCodes } from '../../src/encoding/words.js'
import { anyRecord, anyText } from './any-message.js'

const time = fc.integer({ min: 0, max: 1_900_000_000_000 })
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 2 })
const status = fc.constantFrom('syncing', 'live', 'stale', 'gapped')

export const anyState: fc.Arbitrary<RelayedState> = anyRecord({ status, reason: anyText, since: time })

export const anyGap: fc.Arbitrary<RelayedGap> = anyRecord({
  from: time,
  to: maybe(time),
  reason: anyText,
  action: fc.constantFrom('resynchronised', 'backfilled', 'partly-backfilled', 'lost'),
  backfilled: fc.nat(),
  fault: maybe(anyText),
})

const stream = anyRecord({
  channel: fc.constantFrom('trades', 'candles', 'balances'),
  symbol: fc.boolean(),
  interval: fc.boolean(),
}).map(({ channel, symbol, interval }) =>
  createStream({
    id: `${channel}`,
    channels: [channel],
    instrument: symbol ? parseInstrument('龙虾/USDT') : null,
    params: interval ? { interval: '1m' } : {},
    wireChannel: 'x',
    wireSymbol: null,
  }),
)

export const anyAlert: fc.Arbitrary<Alert> = anyRecord({
  exchange: anyText,
  kind: fc.constantFrom(...(Object.keys(alertKindCodes.codeOf) as Alert['kind'][])),
  status: fc.constantFrom('raised', 'cleared'),
  severity: fc.constantFrom('warning', 'critical'),
  reason: anyText,
  advice: anyText,
  docs: anyText,
  since: time,
  at: time,
  connectionId: maybe(anyText),
  stream: maybe(stream),
  value: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
  threshold: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
  unit: maybe(anyText),
})

export const anyBeat: fc.Arbitrary<Beat> = anyRecord({
  sentAt: time,
  streams: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
})

export const anyAnswer: fc.Arbitrary<Answer> = anyRecord({
  ok: fc.boolean(),
  code: maybe(anyText),
  reason: maybe(anyText),
  epoch: time,
  sequence: fc.maxSafeInteger().map(Math.abs),
  status: maybe(status),
})
