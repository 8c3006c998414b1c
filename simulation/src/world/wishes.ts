import type { Channel, Instrument } from '@tapewire/core'

/** What became of one thing that the user asked for, as far as the user was told. */
type Wish = 'asked' | 'wanted' | 'given back'

/** One channel of one pair, null for the whole account. */
export interface Wanted {
  readonly instrument: Instrument | null
  readonly channel: Channel
}

/** What the user wants, by the user's own book-keeping: what was asked for, less what was refused and what was given back. */
export class Wishes {
  readonly #wishes = new Map<string, Wanted & { wish: Wish }>()

  /** Whether nothing of this is under way: only then does the user ask or give back. */
  isSettled(all: readonly Wanted[]): boolean {
    return all.every((one) => {
      const wish = this.#wishes.get(keyOf(one))?.wish
      return wish === undefined || wish === 'wanted'
    })
  }

  /** Those of them that are wanted neither now nor as of what is under way. */
  newOf(all: readonly Wanted[]): readonly Wanted[] {
    return all.filter((one) => !this.#wishes.has(keyOf(one)))
  }

  /** Those of them that are wanted and have been had. */
  hadOf(all: readonly Wanted[]): readonly Wanted[] {
    return all.filter((one) => this.#wishes.get(keyOf(one))?.wish === 'wanted')
  }

  set(all: readonly Wanted[], wish: Wish): void {
    for (const one of all) this.#wishes.set(keyOf(one), { ...one, wish })
  }

  forget(all: readonly Wanted[]): void {
    for (const one of all) this.#wishes.delete(keyOf(one))
  }

  /** What was asked for, was not refused, and was not given back. */
  get had(): readonly Wanted[] {
    return [...this.#wishes.values()].filter(({ wish }) => wish === 'wanted')
  }
}

function keyOf({ instrument, channel }: Wanted): string {
  return `${channel} ${instrument?.name ?? 'account'}`
}
