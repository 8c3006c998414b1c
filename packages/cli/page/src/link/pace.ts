/** The server sends a market at most this often by itself, ms. */
const quickestMs = 50
/** What a page that nobody sees asks for, ms: enough to be current when it is looked at again. */
const hiddenMs = 5_000
/** A new pace is told at most so often, ms, and only where it differs by a quarter. */
const shortestPauseMs = 2_000
const tellingDifference = 1.25

/**
 * How fast the page can draw, measured on its own frames: the time between two of them, and twice what drawing took, so that half of the page's time is its
 * reader's. Smoothed, because one slow frame says nothing.
 */
export class Pace {
  #betweenMs = 16
  #drawingMs = 0
  #lastFrameAt: number | null = null
  #told = quickestMs
  #toldAt = Number.NEGATIVE_INFINITY

  /** One frame was drawn, at `now`, in so many ms. */
  drew(now: number, drawingMs: number): void {
    this.#drawingMs += (drawingMs - this.#drawingMs) / 10
    if (this.#lastFrameAt !== null && now - this.#lastFrameAt < 1_000) {
      this.#betweenMs += (now - this.#lastFrameAt - this.#betweenMs) / 10
    }
    this.#lastFrameAt = now
  }

  /** The pace to tell the server now; null where it knows. */
  tell(now: number, isHidden: boolean): number | null {
    const frameMs = isHidden ? hiddenMs : Math.round(Math.max(quickestMs, this.#betweenMs, this.#drawingMs * 2))
    const isSame = Math.max(frameMs / this.#told, this.#told / frameMs) < tellingDifference
    const isVisibility = (frameMs === hiddenMs) !== (this.#told === hiddenMs)
    if (isSame || (!isVisibility && now - this.#toldAt < shortestPauseMs)) return null
    this.#told = frameMs
    this.#toldAt = now
    return frameMs
  }

  /** A new connection knows nothing. */
  forget(): void {
    this.#told = quickestMs
    this.#toldAt = Number.NEGATIVE_INFINITY
  }
}
