import type { PerformanceObserver } from 'node:perf_hooks'
import { type EventLoopMetrics, EventLoopWatch, restingLoop } from './event-loop.js'
import { GcCounter, type GcMetrics, observeGc } from './gc-pauses.js'

/** What is measured of the process and not of a manager. */
export interface ProcessMetrics {
  readonly eventLoop: EventLoopMetrics
  readonly gc: GcMetrics
}

/** Made when the first manager measures, and kept: what it is made of is costly to make, and costs nothing while it is off. */
let shared: SharedWatch | null = null

/** The event loop and the garbage collector, watched once for all managers that measure, while there is one. It keeps no process alive. */
class SharedWatch {
  readonly #loop = new EventLoopWatch()
  readonly #counters = new Set<GcCounter>()
  readonly #observer: PerformanceObserver = observeGc((kind, durationMs) => {
    for (const counter of this.#counters) counter.count(kind, durationMs)
  })

  get loop(): EventLoopWatch {
    return this.#loop
  }

  add(counter: GcCounter): void {
    if (this.#counters.size === 0) {
      this.#loop.begin()
      this.#observer.observe({ entryTypes: ['gc'] })
    }
    this.#counters.add(counter)
  }

  delete(counter: GcCounter): void {
    if (!this.#counters.delete(counter) || this.#counters.size > 0) return
    this.#observer.disconnect()
    this.#loop.end()
  }
}

/** One manager's part in it. */
export class ProcessWatch {
  readonly #gc = new GcCounter()
  #shared: SharedWatch | null = null

  start(): void {
    shared ??= new SharedWatch()
    this.#shared = shared
    shared.add(this.#gc)
  }

  /** What was counted stays. */
  stop(): void {
    this.#shared?.delete(this.#gc)
    this.#shared = null
  }

  /** To be called about once a second. */
  look(): void {
    this.#shared?.loop.look()
  }

  get metrics(): ProcessMetrics {
    return { eventLoop: this.#shared?.loop.metrics ?? restingLoop, gc: this.#gc.metrics }
  }
}

/** Where nothing is measured. */
export function unwatchedProcess(): ProcessMetrics {
  return { eventLoop: restingLoop, gc: new GcCounter().metrics }
}
