import type { CommandIo } from '../command-io.js'
import { type Key, readKeys } from './keys.js'

/** Keys as they are pressed: the terminal hands each one over, and shows none. */
export class KeyInput {
  readonly #input: CommandIo['stdin']
  readonly #onKey: (key: Key) => void
  #isOpen = false

  constructor(input: CommandIo['stdin'], onKey: (key: Key) => void) {
    this.#input = input
    this.#onKey = onKey
  }

  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#input?.setRawMode?.(true)
    this.#input?.on('data', this.#onData)
    this.#input?.resume()
  }

  /** The terminal handles keys by itself again. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#input?.off('data', this.#onData)
    this.#input?.setRawMode?.(false)
    this.#input?.pause()
  }

  readonly #onData = (data: Buffer | string): void => {
    for (const key of readKeys(data.toString())) if (this.#isOpen) this.#onKey(key)
  }
}
