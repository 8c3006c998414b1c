/** Matches the names that hold a stream's channel and market, in whichever order the exchange writes them, and remembers what it was compared with. */
export class StreamPattern extends RegExp {
  /** Every name that it was compared with, once. */
  readonly compared: Set<string> = new Set()
  /** Those of them that it matches. */
  readonly matched: Set<string> = new Set()

  constructor({ wireChannel, wireSymbol }: { readonly wireChannel: string; readonly wireSymbol: string | null }) {
    const holds = [wireChannel, wireSymbol ?? ''].map((text) => `(?=[^]*${literally(text)})`)
    super(`^${holds.join('')}`, 'i')
  }

  /** `test`, `match` and `search` all come by here. */
  override exec(name: string): RegExpExecArray | null {
    const found = super.exec(name)
    this.compared.add(name)
    if (found !== null) this.matched.add(name)
    return found
  }
}

/** A pattern that matches this text alone. */
function literally(text: string): string {
  return text.replace(/[^\w]/g, '\\$&')
}
