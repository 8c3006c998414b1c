import { isPromise } from '../clock/is-promise.js'
import type { StreamError } from '../errors/stream-error.js'
import { invalidStrategy } from './strategy-fault.js'

/** Calls methods of a strategy where nobody could catch what they throw: a fault is reported (`ERR_INVALID_STRATEGY`) and does not end the process. */
export class StrategyCalls {
  readonly #onFault: (error: StreamError) => void

  constructor(onFault: (error: StreamError) => void) {
    this.#onFault = onFault
  }

  /** The answer, or `otherwise` where the method throws where it must not, or is asynchronous where its answer is needed at once. */
  ask<Answer>(method: string, question: () => Answer, otherwise: Answer): Answer {
    try {
      const answer = question()
      if (!isPromise(answer)) return answer
      answer.then(undefined, () => {})
      this.#onFault(invalidStrategy(`The adapter's ${method}() returned a promise: its answer is needed at once.`))
    } catch (thrown) {
      this.#report(method, thrown)
    }
    return otherwise
  }

  /** Has something done that nobody waits for, and that may fail at once or later. */
  tell(method: string, action: () => unknown): void {
    try {
      const returned = action()
      if (isPromise(returned)) returned.then(undefined, (thrown) => this.#report(method, thrown))
    } catch (thrown) {
      this.#report(method, thrown)
    }
  }

  /** Has something done that is waited for, and that may fail; it never rejects. */
  async finish(method: string, action: () => Promise<void> | undefined): Promise<void> {
    try {
      await action()
    } catch (thrown) {
      this.#report(method, thrown)
    }
  }

  #report(method: string, thrown: unknown): void {
    this.#onFault(invalidStrategy(`The adapter failed in ${method}().`, thrown))
  }
}
