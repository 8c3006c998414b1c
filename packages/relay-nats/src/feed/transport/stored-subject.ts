import type { StreamError } from '@tapewire/core'
import { StoredReader, type StoredReaderOptions } from '../../stored/stored-reader.js'
import type { StreamAnswer } from './answer.js'

/** What a line reads of JetStream: opened, held back and ended in whichever order that happens. */
export class StoredSubject {
  readonly #options: StoredReaderOptions
  #reader: StoredReader | null = null
  #isPaused: boolean
  #isEnded = false

  constructor(options: StoredReaderOptions, isPaused: boolean) {
    this.#options = options
    this.#isPaused = isPaused
  }

  /** Why it cannot be read, where it cannot. */
  async open(): Promise<StreamAnswer['refusal']> {
    try {
      const reader = await StoredReader.open(this.#options)
      this.#reader = reader
      if (this.#isEnded) reader.close()
      else if (this.#isPaused) reader.pause()
      return null
    } catch (thrown) {
      const { code, shortMessage: reason } = thrown as StreamError
      return { code, reason }
    }
  }

  pause(): void {
    this.#isPaused = true
    this.#reader?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#reader?.resume()
  }

  end(): void {
    this.#isEnded = true
    this.#reader?.close()
  }
}
