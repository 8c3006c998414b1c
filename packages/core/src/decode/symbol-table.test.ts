import { describe, expect, it } from 'vitest'
import { type Instrument, tradingPair, type WireSymbol } from '../model/instrument.js'
import { SymbolTable } from './symbol-table.js'

const joined = ({ base, quote }: Instrument): WireSymbol => `${base}${quote}` as WireSymbol
const [one, other, third] = [tradingPair('AB', 'USDT'), tradingPair('A', 'BUSDT'), tradingPair('C', 'USDT')]

describe('a symbol table', () => {
  it('refuses an instrument that is spelt as one registered before, naming both', () => {
    const symbols = new SymbolTable(() => null)
    symbols.register([one], joined)
    expect(() => symbols.register([other], joined)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_SYMBOL',
        shortMessage: 'The exchange spells A/BUSDT as it spells AB/USDT: ABUSDT.',
        hint: 'It lists only one of them, and in one feed the spelling stays that of the first. If AB/USDT was a mistake, ask for A/BUSDT in a new feed.',
      }),
    )
    expect(symbols.instrumentOf('ABUSDT')).toBe(one)
  })

  it('registers none of a list that holds two spelt alike', () => {
    const symbols = new SymbolTable(() => null)
    expect(() => symbols.register([third, one, other], joined)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_SYMBOL' }),
    )
    expect([symbols.instrumentOf('CUSDT'), symbols.instrumentOf('ABUSDT')]).toEqual([null, null])
    symbols.register([other], joined)
    expect(symbols.instrumentOf('ABUSDT')).toBe(other)
  })

  it('takes an instrument again, and twice in one list', () => {
    const symbols = new SymbolTable(() => null)
    symbols.register([one, one], joined)
    symbols.register([one], joined)
    expect(symbols.instrumentOf('ABUSDT')).toBe(one)
  })
})
