import { secretsOf } from '../errors/redact.js'
import { redacted, redactRequest } from '../errors/redact-request.js'
import type { ConnectionContext } from '../strategy/connection-strategy.js'

/** A word of a context or a login as long as this may be a key or a signature; shorter ones are names, and words of an exchange's answers too. */
const longWord = /[\w+/=.-]{12,}/g

/** What a request calls a secret is looked for elsewhere from this length on. */
const minLength = 8

/** The signatures of so many requests are remembered. */
const maxWords = 200

/** The secrets of one connection as far as they were seen: what it was opened with, and what its requests held. */
export class KnownSecrets {
  readonly #words = new Set<string>()

  constructor({ url, headers, authParams }: ConnectionContext) {
    const texts = [...secretsOf(url), ...Object.values(headers), ...Object.values(authParams ?? {}).map(String)]
    for (const text of texts) this.#learnWords(text)
  }

  /** Whether none is known. */
  get isEmpty(): boolean {
    return this.#words.size === 0
  }

  /** A text of ours that goes out, without them. Of a login nothing is shown that could be one. */
  leaveOutOfRequest(text: string, isLogin: boolean): string {
    if (isLogin) this.#learnWords(text)
    return this.leaveOut(redactRequest(text, (secret) => this.#learn(secret)))
  }

  /** Any text without them: exchanges like to repeat what they were told. */
  leaveOut(text: string): string {
    let shown = text
    for (const word of this.#words) shown = shown.replaceAll(word, redacted)
    return shown
  }

  #learnWords(text: string): void {
    for (const [word] of text.matchAll(longWord)) this.#learn(word)
  }

  #learn(secret: string): void {
    // Digits alone are a time or an id.
    if (secret.length < minLength || /^\d+$/.test(secret)) return
    this.#words.add(secret)
    const [oldest] = this.#words
    if (this.#words.size > maxWords && oldest !== undefined) this.#words.delete(oldest)
  }
}
