import { publicChannels } from '@tapewire/core'
import { usageError } from '../cli-error.js'

/** Says in words of the command line what the library would say in those of a program. Throws `ERR_USAGE`. */
export function checkWords(
  symbols: readonly string[],
  {
    channels,
    candleIntervals,
  }: { readonly channels?: readonly string[]; readonly candleIntervals?: readonly string[] },
): void {
  const misplaced = symbols.filter((symbol) => (publicChannels as readonly string[]).includes(symbol))
  if (misplaced.length > 0) {
    const named = [...(channels ?? []), ...misplaced].join(',')
    throw usageError(
      `${misplaced[0]} is a channel, not an instrument.`,
      `Channels have commas between them: --channels ${named}.`,
    )
  }
  if (candleIntervals !== undefined && channels?.includes('candles') !== true) {
    const named = [...(channels ?? []), 'candles'].join(',')
    throw usageError('Candle intervals were named, and the channel candles was not.', `Add --channels ${named}.`)
  }
}
