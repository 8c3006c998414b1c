import type { GateioMutation } from './gateio-mutation.js'

/** Ways in which the emulation is broken: an adapter that is right may not be blamed. */
export const emulationMutations: readonly GateioMutation[] = [
  {
    name: 'the emulation is of another exchange',
    check: 'definition.emulation-is-of-it',
    file: 'testing/venue.ts',
    find: "readonly exchange = 'gateio_spot'",
    replace: "readonly exchange = 'gateio'",
  },
  {
    name: 'the emulation pushes the volume of another day',
    check: 'payload.ticker-is-true',
    file: 'testing/feeds/ticker.ts',
    find: 'base_volume: baseVolume,',
    replace: "base_volume: '1234567.125',",
  },
  {
    name: 'the emulation pushes candles that close where they opened',
    check: 'payload.candles-are-true',
    file: 'testing/feeds/candles.ts',
    find: 'c: candle.close,\n    h: candle.high,',
    replace: 'c: candle.open,\n    h: candle.high,',
  },
  {
    name: 'the emulation pushes quotes with a size that is not there',
    check: 'payload.quotes-are-true',
    file: 'testing/feeds/book-ticker.ts',
    find: 's: wireNameOf(pair), b, B, a, A }',
    replace: "s: wireNameOf(pair), b, B: '777.125', a, A }",
  },
  {
    name: 'the emulation pushes candles with the volume of all time',
    check: 'payload.candles-are-true',
    file: 'testing/feeds/candles.ts',
    find: 'a: candle.baseVolume,',
    replace: "a: '9876543.21',",
  },
  {
    name: 'the emulation pushes the highest price of another market',
    check: 'payload.ticker-is-true',
    file: 'testing/feeds/ticker.ts',
    find: 'high_24h: high,',
    replace: "high_24h: '9876543.5',",
  },
]
