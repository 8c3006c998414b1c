import { GCProfiler } from 'node:v8'
import type { CountingTally } from './tally.js'

/** What happened in a client's process during a window. */
export interface Usage {
  readonly messages: number
  readonly seconds: number
  /** Processor time of the whole process, seconds. */
  readonly cpuSeconds: number
  /** Bytes allocated on the heap: its growth between collections, summed. */
  readonly allocatedBytes: number
  readonly collectionSeconds: number
}

/** Watches a process while it is open. Costs something at its ends and at each garbage collection, and nothing per message. */
export class UsageWindow {
  readonly #tally: Pick<CountingTally, 'messages'>
  readonly #profiler = new GCProfiler()
  readonly #messages: number
  readonly #startedAt: number
  readonly #cpu: NodeJS.CpuUsage
  readonly #heapBytes: number

  constructor(tally: Pick<CountingTally, 'messages'>) {
    this.#tally = tally
    this.#profiler.start()
    this.#heapBytes = process.memoryUsage().heapUsed
    this.#cpu = process.cpuUsage()
    this.#messages = tally.messages
    this.#startedAt = performance.now()
  }

  close(): Usage {
    const seconds = (performance.now() - this.#startedAt) / 1000
    const messages = this.#tally.messages - this.#messages
    const { user, system } = process.cpuUsage(this.#cpu)
    const heapBytes = process.memoryUsage().heapUsed
    const collections = this.#profiler.stop()?.statistics ?? []
    let allocatedBytes = 0
    let after = this.#heapBytes
    for (const collection of collections) {
      allocatedBytes += collection.beforeGC.heapStatistics.usedHeapSize - after
      after = collection.afterGC.heapStatistics.usedHeapSize
    }
    return {
      messages,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      allocatedBytes: allocatedBytes + heapBytes - after,
      collectionSeconds: collections.reduce((sum, { cost }) => sum + cost, 0) / 1e6,
    }
  }
}
