/** What counts as a rhythm: so many times at least that something came, over so long, ms. */
const leastTimes = 30
const leastWatchedMs = 120_000

/** What is left of the longest quiet each time that something comes: half in 256 times. */
const fading = 2 ** (-1 / 256)

/** What is never quiet for longer than this, over so many times and so long, is busy, ms. */
const busyMs = 15_000
const busyTimes = 300
const busyWatchedMs = 300_000

/** Quiet for less than this is no silence, ms. */
const shortestSilenceMs = 10_000

/**
 * How long something that speaks now and then is quiet between two times, learned from what it does. The length of each quiet is noted once it is over. The longest counts, and fades with
 * each that follows, so that the rhythm of the day takes the place of the night's: soon where much comes, and slowly where little does.
 */
export class Rhythm {
  #longestMs = 0
  #times = 0
  #watchedMs = 0

  /** A quiet of this length is over. */
  note(quietMs: number): void {
    this.#longestMs = Math.max(quietMs, this.#longestMs * fading)
    this.#times += 1
    this.#watchedMs += quietMs
  }

  /** Whether it has been heard often enough, for long enough, that its silence says something. */
  get isKnown(): boolean {
    return this.#times >= leastTimes && this.#watchedMs >= leastWatchedMs
  }

  /** Whether something comes of it all the time. */
  get isBusy(): boolean {
    return this.#longestMs <= busyMs && this.#times >= busyTimes && this.#watchedMs >= busyWatchedMs
  }

  /** Whether anything ever came of it. */
  get wasHeard(): boolean {
    return this.#times > 0
  }

  /** The longest quiet, ms, as it was when the last one ended. */
  get longestMs(): number {
    return this.#longestMs
  }

  /** Quiet for so many times as long as ever is silence, ms; never less than ten seconds. */
  silenceMs(timesLongest: number): number {
    return Math.max(shortestSilenceMs, timesLongest * this.#longestMs)
  }
}
