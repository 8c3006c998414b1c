/** What a window says of the last second, ten seconds and minute. */
export const windowSeconds = { last1s: 1, last10s: 10, last1min: 60 } as const

export type WindowName = keyof typeof windowSeconds

/** A sample a second for the longest window, and the one that it begins with. */
export const sampleSlots: number = windowSeconds.last1min + 1

/** Samples are taken when the event loop has time for it: a window begins with one that is so much older than it should be, at most, ms. */
const latenessMs = 500

/** Two samples, by their slots: what was counted between them is a window. */
export interface Span {
  /** 0 where no window is there yet. */
  readonly samples: number
  readonly begin: number
  readonly end: number
  readonly beganAt: number
  readonly endedAt: number
}

/** When counters were looked at, epoch ms. Everything that is sampled has a ring of `sampleSlots`, and the same slots in it. */
export class SampleTimes {
  readonly #at = new Float64Array(sampleSlots)
  #slot = 0
  #taken = 0
  #version = 0

  /** Another one whenever the windows are others. */
  get version(): number {
    return this.#version
  }

  /** The first sample: windows begin here at the earliest. Returns its slot. */
  begin(now: number): number {
    this.#taken = 0
    return this.take(now)
  }

  /** A sample. Returns its slot. */
  take(now: number): number {
    this.#slot = (this.#slot + 1) % sampleSlots
    this.#at[this.#slot] = now
    this.#taken = Math.min(this.#taken + 1, sampleSlots)
    this.#version += 1
    return this.#slot
  }

  /** No more are taken: windows are empty. */
  end(): void {
    this.#taken = 0
    this.#version += 1
  }

  /** The window that ends with the last sample. Of one that came late, it is longer than it should be. */
  span(name: WindowName): Span {
    const endedAt = this.#at[this.#slot] as number
    const longestMs = windowSeconds[name] * 1000 + latenessMs
    let samples = Math.min(1, Math.max(0, this.#taken - 1))
    while (samples + 1 < this.#taken && endedAt - this.#back(samples + 1) <= longestMs) samples += 1
    const begin = (this.#slot - samples + sampleSlots) % sampleSlots
    return { samples, begin, end: this.#slot, beganAt: this.#at[begin] as number, endedAt }
  }

  #back(samples: number): number {
    return this.#at[(this.#slot - samples + sampleSlots) % sampleSlots] as number
  }
}
