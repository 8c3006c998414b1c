import type { CaptureResponse } from '../capture/capture-record.js'
import type { VenueRequest, VenueResponse } from '../venue/venue.js'

/** What differs from request to request without asking for anything else. */
export const defaultIgnoredParameters: readonly string[] = ['timestamp', 'recvWindow', 'signature']

interface Series {
  readonly answers: VenueResponse[]
  next: number
}

/**
 * REST answers of a capture, found by path and query: host, method and the order of parameters do not matter, nor do `ignoredParameters`.
 * Several answers to one request are served in their order, the last one again and again.
 */
export class RecordedResponses {
  readonly #ignored: ReadonlySet<string>
  readonly #series = new Map<string, Series>()

  constructor(
    responses: readonly Pick<CaptureResponse, 'url' | 'status' | 'body'>[],
    ignoredParameters: readonly string[] = defaultIgnoredParameters,
  ) {
    this.#ignored = new Set(ignoredParameters)
    for (const { url, status, body } of responses) {
      if (url === null || !URL.canParse(url)) continue
      const key = this.#key(new URL(url))
      const series = this.#series.get(key) ?? { answers: [], next: 0 }
      series.answers.push({ status, body, headers: { 'content-type': contentType(body) } })
      this.#series.set(key, series)
    }
  }

  answer({ url }: Pick<VenueRequest, 'url'>): VenueResponse {
    const series = this.#series.get(this.#key(url))
    const answer = series?.answers[series.next]
    if (series === undefined || answer === undefined) {
      return {
        status: 404,
        body: JSON.stringify({ message: `The capture holds no answer for this request to ${url.pathname}.` }),
      }
    }
    series.next = Math.min(series.next + 1, series.answers.length - 1)
    return answer
  }

  #key(url: URL): string {
    const parameters = [...url.searchParams]
      .filter(([name]) => !this.#ignored.has(name))
      .map(([name, value]) => `${name}=${value}`)
    return [url.pathname, ...parameters.sort()].join('\n')
  }
}

function contentType(body: string): string {
  return /^\s*</.test(body) ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'
}
