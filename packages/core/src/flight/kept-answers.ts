import type { ResponseEvent } from '../transport/answer-tap.js'

/** A REST answer as a line of a capture says it. */
export type AnswerLine = Pick<ResponseEvent, 'url' | 'status' | 'body'> & { readonly t: number }

/** The newest REST answers, as many as the bytes allow. */
export class KeptAnswers {
  readonly #maxBytes: number
  readonly #answers: AnswerLine[] = []
  #bytes = 0
  #lostUntil: number | null = null

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** When the newest that is not kept any more came, epoch ms; null where all are. */
  get lostUntil(): number | null {
    return this.#lostUntil
  }

  keep({ time, url, status, body }: ResponseEvent): void {
    this.#answers.push({ t: time, url, status, body })
    this.#bytes += body.length
    while (this.#bytes > this.#maxBytes) this.#dropOldest()
  }

  /** Those from `from` on, epoch ms. */
  since(from: number): readonly AnswerLine[] {
    return this.#answers.filter(({ t }) => t >= from)
  }

  #dropOldest(): void {
    const oldest = this.#answers.shift()
    if (oldest === undefined) return
    this.#bytes -= oldest.body.length
    this.#lostUntil = oldest.t
  }
}
