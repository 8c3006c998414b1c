import { Console } from 'node:console'
import { inspect } from 'node:util'
import type { StreamError } from './stream-error.js'

/**
 * Errors that nobody listens to: the first of each kind goes to standard error, so that a feed whose handler fails is not merely silent.
 * A kind is a code, and of failed handlers also the event; so there are never more lines than kinds, whatever an exchange sends.
 */
export class UnheardErrors {
  readonly #exchange: string
  readonly #told = new Set<string>()

  constructor(exchange: string) {
    this.#exchange = exchange
  }

  tell(error: StreamError): void {
    const kind = `${error.code} ${error.context.Event ?? ''}`
    if (this.#told.has(kind)) return
    this.#told.add(kind)
    const cause = error.cause === undefined ? [] : [inspect(error.cause)]
    // Where the listener itself failed, somebody listens.
    const advice = error.context.Event === 'error' ? [] : [howToListen]
    const lines = [`tapewire (${this.#exchange}): ${error.message}`, ...cause, ...advice]
    // A console survives a standard error that nobody reads any more; the stream itself would end the process.
    new Console({ stdout: process.stderr, stderr: process.stderr, ignoreErrors: true }).error(lines.join('\n'))
  }
}

const howToListen =
  'Nobody listens to errors, so the first of each kind is printed: listen to the event error of the feed, or pass onError to the manager.'
