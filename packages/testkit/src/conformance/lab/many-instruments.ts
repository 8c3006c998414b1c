import { type Instrument, parseInstrument } from '@tapewire/core'
import type { Lab } from './lab.js'

/** This many instruments of the kind that the lab trades, which no exchange lists: for stages with more streams than one connection takes. */
export function manyInstruments({ instruments }: Lab, count: number): readonly Instrument[] {
  const [like] = instruments
  if (like === undefined) return []
  const rest = like.name.slice(like.base.length)
  return Array.from({ length: count }, (_, place) => parseInstrument(`KIT${place}${rest}`))
}
