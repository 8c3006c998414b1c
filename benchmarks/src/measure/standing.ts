import type { Row } from '../scenario.js'

/** What one contestant has shown so far. One that fails is out, and says why. */
export class Standing {
  readonly label: string
  readonly #missing: string | null
  readonly #samples: Record<string, number[]> = {}
  #failure: string | null = null

  constructor({ label, missing }: { readonly label: string; readonly missing: string | null }) {
    this.label = label
    this.#missing = missing
  }

  get isOut(): boolean {
    return this.#missing !== null || this.#failure !== null
  }

  /** Runs this part of a measurement, unless it is out, and says what came of it; null is a part without figures. */
  async attempt(
    progress: (text: string) => void,
    part: () => Promise<Readonly<Record<string, number>> | null>,
  ): Promise<void> {
    if (this.isOut) return
    try {
      const figures = await part()
      if (figures === null) return
      for (const [key, value] of Object.entries(figures)) this.#samples[key] = [...(this.#samples[key] ?? []), value]
      progress(`${this.label}  ${describe(figures)}`)
    } catch (thrown) {
      this.#failure = thrown instanceof Error ? thrown.message : String(thrown)
      progress(`${this.label}  FAILED: ${this.#failure}`)
    }
  }

  row(): Row {
    const { label } = this
    if (this.#missing !== null) return { label, state: 'not installed', reason: this.#missing, samples: {} }
    if (this.#failure !== null) return { label, state: 'failed', reason: firstLine(this.#failure), samples: {} }
    return { label, state: 'measured', reason: null, samples: this.#samples }
  }
}

function describe(figures: Readonly<Record<string, number>>): string {
  const parts = Object.entries(figures).map(
    ([key, value]) => `${key} ${Number(value.toPrecision(5)).toLocaleString('en')}`,
  )
  return parts.join(', ')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string
}
