/** Holds the last state a client was handed of each thing against the last it had, both as text. What happened before the first message may be unknown to it. */
export class StateCheck {
  readonly #truth = new Map<string, string>()
  readonly #expected = new Set<string>()
  readonly #received = new Map<string, string>()

  happened(id: string, state: string): void {
    this.#truth.set(id, state)
    if (this.#received.size > 0) this.#expected.add(id)
  }

  received(id: string, state: string): void {
    this.#received.set(id, state)
    this.#expected.add(id)
  }

  /** Each thing that is told otherwise than it is, or not at all: `BTC: has 1, told 2`. */
  differences(): string[] {
    return [...this.#expected].flatMap((id) => {
      const [truth, told] = [this.#truth.get(id), this.#received.get(id)]
      return truth === told ? [] : [`${id}: is ${truth ?? 'nothing'}, told ${told ?? 'nothing'}`]
    })
  }
}
