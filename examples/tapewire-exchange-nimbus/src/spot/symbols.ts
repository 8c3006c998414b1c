import { type Instrument, StreamError, tradingPair } from '@tapewire/core'
import type { WireSymbol } from '@tapewire/core/adapter'

/** Nimbus' spelling: `BTC-USDT`. Throws `ERR_INVALID_SYMBOL` for what it does not trade: anything but spot, and assets with a dash, which would be spelt as others are. */
export function toWireSymbol(instrument: Instrument): WireSymbol {
  if (instrument.kind !== 'spot') {
    throw new StreamError('ERR_INVALID_SYMBOL', `nimbus_spot trades no ${instrument.kind}.`, {
      context: { Symbol: instrument.name },
    })
  }
  const wireSymbol = `${instrument.base}-${instrument.quote}`
  if (toInstrumentOrNull(wireSymbol) !== instrument) {
    throw new StreamError('ERR_INVALID_SYMBOL', 'nimbus_spot spells no asset with a dash.', {
      context: { Symbol: instrument.name },
    })
  }
  return wireSymbol as WireSymbol
}

/** The instrument a spelling means; null where it cannot be read. */
export function toInstrumentOrNull(wireSymbol: string): Instrument | null {
  const [base = '', quote = '', ...more] = wireSymbol.split('-')
  if (more.length > 0) return null
  try {
    return tradingPair(base, quote)
  } catch {
    return null
  }
}
