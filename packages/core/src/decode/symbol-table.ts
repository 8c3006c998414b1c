import { StreamError } from '../errors/stream-error.js'
import type { Instrument, WireSymbol } from '../model/instrument.js'
import { ByteTable } from './byte-table.js'

/** Spellings nobody registered that are read at all, several times what an exchange lists: garbage names must not grow this table, nor that of the instruments, for ever. */
const maxRemembered = 20_000

/**
 * Wire symbols and the instruments they mean, learned when subscribing and asked on every message.
 * What was not registered is read by `split`, which returns null for a spelling it cannot read.
 */
export class SymbolTable {
  readonly #split: (wireSymbol: string) => Instrument | null
  readonly #registered = new Map<string, Instrument>()
  readonly #remembered = new Map<string, Instrument | null>()
  readonly #spellings = new ByteTable<Instrument>()

  constructor(split: (wireSymbol: string) => Instrument | null) {
    this.#split = split
  }

  /**
   * Says for certain what spellings mean: those of all these instruments, or of none where it throws. Throws whatever `spell` throws, and `ERR_INVALID_SYMBOL` for
   * an instrument that is spelt as another one is, be that among these or registered earlier: what comes for one of them would be taken for the other's.
   */
  register(instruments: readonly Instrument[], spell: (instrument: Instrument) => WireSymbol): void {
    const spelt = new Map<WireSymbol, Instrument>()
    for (const instrument of instruments) {
      const wireSymbol = spell(instrument)
      const known = spelt.get(wireSymbol) ?? this.#registered.get(wireSymbol) ?? instrument
      if (known !== instrument) throw speltAlike(instrument, known, wireSymbol)
      spelt.set(wireSymbol, instrument)
    }
    for (const [wireSymbol, instrument] of spelt) {
      this.#registered.set(wireSymbol, instrument)
      this.#spellings.set(wireSymbol, instrument)
    }
  }

  /** The instrument spelt by the bytes `start` to `end`; one that was met before costs no string. Null where it cannot be read. */
  instrumentAt(bytes: Buffer, start: number, end: number): Instrument | null {
    const known = this.#spellings.get(bytes, start, end)
    if (known !== undefined) return known
    const wireSymbol = bytes.toString('utf8', start, end)
    const instrument = this.instrumentOf(wireSymbol)
    if (instrument !== null && this.#spellings.size < maxRemembered) this.#spellings.set(wireSymbol, instrument)
    return instrument
  }

  /** The instrument a spelling means; null where it cannot be read. */
  instrumentOf(wireSymbol: string): Instrument | null {
    const registered = this.#registered.get(wireSymbol)
    if (registered !== undefined) return registered
    const remembered = this.#remembered.get(wireSymbol)
    if (remembered !== undefined) return remembered
    if (this.#remembered.size >= maxRemembered) return null
    const instrument = this.#split(wireSymbol)
    this.#remembered.set(wireSymbol, instrument)
    return instrument
  }
}

function speltAlike(instrument: Instrument, known: Instrument, wireSymbol: WireSymbol): StreamError {
  return new StreamError(
    'ERR_INVALID_SYMBOL',
    `The exchange spells ${instrument} as it spells ${known}: ${wireSymbol}.`,
    {
      hint: `It lists only one of them, and in one feed the spelling stays that of the first. If ${known} was a mistake, ask for ${instrument} in a new feed.`,
    },
  )
}
