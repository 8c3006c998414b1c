/** Texts of one moment, by what they are of: pages that are in step are told the same, which is then written once. */
export class SharedTexts {
  readonly #texts = new Map<string, string>()
  #at = Number.NaN

  of(at: number, key: string, write: () => string): string {
    if (at !== this.#at) this.#texts.clear()
    this.#at = at
    const text = this.#texts.get(key) ?? write()
    this.#texts.set(key, text)
    return text
  }
}
