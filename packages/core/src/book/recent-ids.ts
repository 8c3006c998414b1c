/** Updates that may come a second time and be known for it: more than any exchange repeats. */
export const remembered = 64

/** The update ids that a subscription brought lately: how far back they go, to within as many again. Nothing of an id is kept but where such a stretch begins. */
export class RecentIds {
  /** Updates until the next stretch. */
  #left = 0
  #oldest: number = Number.NaN
  /** Where the present stretch began. */
  #younger: number = Number.NaN
  #newest: number = Number.NaN

  /** Counts an update of a book that is live; whether a stretch begins with it, and it has to be noted. Of the hot path: no id goes through here. */
  count(): boolean {
    this.#left -= 1
    return this.#left < 0
  }

  /** A stretch begins with this id. */
  note(id: number): void {
    this.#oldest = Number.isNaN(this.#younger) ? id : this.#younger
    this.#younger = id
    this.#left = remembered - 1
  }

  /** Counts an update of a book that is not live. NaN is an id too: nothing is older than it. */
  add(id: number): void {
    this.#newest = id
    if (this.count()) this.note(id)
  }

  clear(): void {
    this.#left = 0
    this.#oldest = Number.NaN
    this.#younger = Number.NaN
    this.#newest = Number.NaN
  }

  /** One that came at least as long ago as is remembered, or the first where there were fewer; NaN where none came. */
  get oldest(): number {
    return this.#oldest
  }

  /** The last that was added; NaN where none was. */
  get newest(): number {
    return this.#newest
  }
}
