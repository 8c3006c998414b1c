/** Lets a test wait for what events bring about: `until` asks its condition anew after every `wake`. */
export class Waiting {
  #waiting: (() => void)[] = []

  readonly wake = (): void => {
    const waiting = this.#waiting
    this.#waiting = []
    for (const next of waiting) next()
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
      // What the event sets in motion beyond itself is over by the next turn of the event loop.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
}
