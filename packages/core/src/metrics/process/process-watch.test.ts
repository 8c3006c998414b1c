import { afterEach, describe, expect, test } from 'vitest'
import { ProcessWatch, unwatchedProcess } from './process-watch.js'

/** Keeps the event loop from turning. */
function block(durationMs: number): void {
  const until = performance.now() + durationMs
  while (performance.now() < until);
}

/** Lets the loop turn until something shows. */
async function turnUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const watches: ProcessWatch[] = []
function started(): ProcessWatch {
  const watch = new ProcessWatch()
  watches.push(watch)
  watch.start()
  return watch
}
afterEach(() => {
  for (const watch of watches.splice(0)) watch.stop()
})

/** Leaves garbage behind, more than young objects have room for. */
function litter(): number {
  const kept: string[][] = []
  for (let index = 0; index < 200_000; index += 1) kept.push([`${index}`])
  return kept.length
}

describe('what is measured of the process', () => {
  test('shows an event loop that was blocked, and how busy it was', async () => {
    const watch = started()
    await new Promise((resolve) => setTimeout(resolve, 50))
    block(100)
    await new Promise((resolve) => setTimeout(resolve, 30))
    const { eventLoop } = watch.metrics
    // It is asked for a turn every 20 ms, and might have been a moment before.
    expect(eventLoop.delayMaxMs).toBeGreaterThanOrEqual(70)
    expect(eventLoop.delayP50Ms).toBeLessThanOrEqual(eventLoop.delayMaxMs)
    expect(eventLoop.utilization).toBeGreaterThan(0)
    expect(eventLoop.utilization).toBeLessThanOrEqual(1)
  })

  test('counts pauses of the garbage collector for each that watches, while it does', async () => {
    const [first, second] = [started(), started()]
    await turnUntil(() => litter() > 0 && first.metrics.gc.pauses > 0)
    const { pauses, totalMs, maxMs, byKind } = first.metrics.gc
    expect(second.metrics.gc.pauses).toBe(pauses)
    expect([totalMs > 0, maxMs > 0, maxMs <= totalMs]).toEqual([true, true, true])
    expect(Object.values(byKind).reduce((sum, count) => sum + count, 0)).toBe(pauses)
    second.stop()
    const before = second.metrics.gc.pauses
    await turnUntil(() => litter() > 0 && first.metrics.gc.pauses > pauses)
    expect([second.metrics.gc.pauses, second.metrics.eventLoop]).toEqual([before, unwatchedProcess().eventLoop])
  })

  test('keeps no process alive, and goes on for the others when one stops', () => {
    const before = process.getActiveResourcesInfo().length
    const watch = started()
    started()
    expect(process.getActiveResourcesInfo()).toHaveLength(before)
    watch.stop()
    watch.stop()
    expect(watch.metrics).toEqual(unwatchedProcess())
  })
})
