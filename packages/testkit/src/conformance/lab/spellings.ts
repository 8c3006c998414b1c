import { type Instrument, parseInstrument, tradingPair } from '@tapewire/core'

/** Pairs of instruments that an exchange may spell alike, depending on how it joins the assets, and on whether it minds small and capital letters. */
export const spellingsToTry: readonly (readonly [Instrument, Instrument])[] = [
  [tradingPair('BTCU', 'SDT'), tradingPair('BTC', 'USDT')],
  [tradingPair('BTC', 'USDT'), tradingPair('BTCUSD', 'T')],
  ...['-', '_', '|', '=', '+', '!', '~', '[', ']', '(', ')', '&', '%', '*', ';'].map(
    (joint): readonly [Instrument, Instrument] => [tradingPair(`A${joint}B`, 'C'), tradingPair('A', `B${joint}C`)],
  ),
  [tradingPair('AAPLx', 'USDT'), tradingPair('AAPLX', 'USDT')],
  [tradingPair('BTC', 'USDT'), parseInstrument('BTC/USDT:USDT')],
  [parseInstrument('BTC/USDT:USDT'), parseInstrument('BTC/USDT:USDT-301225')],
  [parseInstrument('BTC/USD:BTC'), parseInstrument('BTC/USD:USD')],
  [parseInstrument('BTC/USDT:USDT-301225'), parseInstrument('BTC/USDT:USDT-301226')],
]
