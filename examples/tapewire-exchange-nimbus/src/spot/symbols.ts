import { type Instrument, parseInstrument, StreamError } from '@tapewire/core'
import type { WireSymbol } from '@tapewire/core/adapter'

/** Nimbus' spelling: `BTC-USDT`. Throws `ERR_INVALID_SYMBOL` for what it does not trade: anything but spot. */
export function toWireSymbol(instrument: Instrument): WireSymbol {
  if (instrument.kind !== 'spot') {
    throw new StreamError('ERR_INVALID_SYMBOL', `nimbus_spot trades no ${instrument.kind}.`, {
      context: { Symbol: instrument.name },
    })
  }
  return `${instrument.base}-${instrument.quote}` as WireSymbol
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
