import type { Timer } from './clock.js'

/** A timer that is due at a time. */
interface Pending {
  readonly at: number
  readonly order: number
  readonly callback: () => void
  isCancelled: boolean
}

/** Below this many, what was cancelled is not swept out before its turn comes. */
const fewTimers = 64

/** Timers by when they are due, and in the order they were set where that is the same: a binary heap, since a simulation sets and cancels thousands. */
export class TimerHeap {
  #heap: Pending[] = []
  #order = 0
  #cancelled = 0

  /** How many wait. */
  get size(): number {
    return this.#heap.length - this.#cancelled
  }

  /** When the next is due; null where none waits. */
  get nextAt(): number | null {
    this.#dropCancelled()
    return this.#heap[0]?.at ?? null
  }

  add(at: number, callback: () => void): Timer {
    this.#order += 1
    const pending: Pending = { at, order: this.#order, callback, isCancelled: false }
    this.#heap.push(pending)
    this.#rise(this.#heap.length - 1)
    return { cancel: () => this.#cancel(pending) }
  }

  /** The next that is due by `until`, taken out; null where none is. */
  take(until: number): Pick<Pending, 'at' | 'callback'> | null {
    this.#dropCancelled()
    const [first] = this.#heap
    if (first === undefined || first.at > until) return null
    this.#removeFirst()
    // Cancelled from now on, it is nowhere to be counted.
    first.isCancelled = true
    return first
  }

  #cancel(pending: Pending): void {
    if (pending.isCancelled) return
    pending.isCancelled = true
    this.#cancelled += 1
    if (this.#heap.length < fewTimers || this.#cancelled <= this.#heap.length / 2) return
    this.#heap = this.#heap.filter(({ isCancelled }) => !isCancelled).sort(byTurn)
    this.#cancelled = 0
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.isCancelled === true) {
      this.#removeFirst()
      this.#cancelled -= 1
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop() as Pending
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(from: number): void {
    const heap = this.#heap
    const pending = heap[from] as Pending
    let index = from
    while (index > 0) {
      const above = (index - 1) >>> 1
      const parent = heap[above] as Pending
      if (byTurn(parent, pending) < 0) break
      heap[index] = parent
      index = above
    }
    heap[index] = pending
  }

  #sink(): void {
    const heap = this.#heap
    const pending = heap[0] as Pending
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && byTurn(heap[below + 1] as Pending, heap[below] as Pending) < 0) below += 1
      const child = heap[below] as Pending
      if (byTurn(pending, child) < 0) break
      heap[index] = child
      index = below
    }
    heap[index] = pending
  }
}

function byTurn(left: Pending, right: Pending): number {
  return left.at - right.at || left.order - right.order
}
