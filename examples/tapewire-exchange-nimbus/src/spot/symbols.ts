import { type Instrument, parseInstrument, StreamError } from '@tapewire/core'
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
  const parts = wireSymbol.split('-')
  if (parts.length !== 2) return null
  try {
    return parseInstrument(parts.join('/'))
  } catch {
    return null
  }
}
