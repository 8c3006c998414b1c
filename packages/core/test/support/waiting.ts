/** Lets a test wait for what events bring about: `until` asks its condition anew whenever `wake` is called. */
export class Waiting {
  readonly #waiting: (() => void)[] = []

  readonly wake = (): void => {
    for (const next of this.#waiting.splice(0)) next()
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
