import type { Instrument } from '@tapewire/core'
import type { VenueRequest, VenueResponse } from '@tapewire/testkit'
import { missingParameter, refusal } from '../replies.js'

/** Ends a request with the exchange's refusal. */
export class RestRefusal extends Error {
  readonly response: VenueResponse

  constructor(response: VenueResponse) {
    super(response.body)
    this.response = response
  }
}

/**
 * What a request asks for: the parameters of its query, and those of a form in its body; the query wins. Readers refuse what is missing or cannot be.
 * Source: MEXC spot v3 API docs, "General Information on Endpoints".
 */
export class RestRequest {
  readonly #query: URLSearchParams
  readonly #form: URLSearchParams
  readonly #pairs: ReadonlyMap<string, Instrument>

  constructor({ url, body }: VenueRequest, pairs: ReadonlyMap<string, Instrument>) {
    this.#query = url.searchParams
    this.#form = new URLSearchParams(body)
    this.#pairs = pairs
  }

  text(name: string): string | null {
    return this.#query.get(name) ?? this.#form.get(name)
  }

  required(name: string): string {
    const text = this.text(name)
    if (text === null || text === '') throw new RestRefusal(missingParameter(name))
    return text
  }

  /** The market of `symbol`. */
  pair(): Instrument {
    return this.pairNamed(this.required('symbol'))
  }

  /** The market of `symbol`; null where the request has none. */
  pairOrNull(): Instrument | null {
    const name = this.text('symbol')
    return name === null ? null : this.pairNamed(name)
  }

  pairNamed(name: string): Instrument {
    const pair = this.#pairs.get(name)
    if (pair === undefined) throw new RestRefusal(refusal(-1121))
    return pair
  }

  /** Epoch ms, or a count; null where the request has none. */
  integer(name: string): number | null {
    const text = this.text(name)
    if (text === null) return null
    if (!/^\d{1,15}$/.test(text)) throw new RestRefusal(refusal(33333))
    return Number(text)
  }

  /** How many rows are asked for: `most` at most, whatever is asked for. */
  limit(usual: number, most: number): number {
    const limit = this.integer('limit') ?? usual
    if (limit === 0) throw new RestRefusal(refusal(33333))
    return Math.min(limit, most)
  }
}
