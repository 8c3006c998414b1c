import type { Lab } from '../lab/lab.js'
import { marketStories } from '../lab/market-story.js'
import { stands } from '../truth/comparison.js'

/**
 * Where a book was gapped though nothing was lost: the id that came instead of the next one stands in a frame, and the next one in none. Then the emulation has left it out. Null
 * where no book was gapped so.
 */
export async function lostUpdates(lab: Lab): Promise<string | null> {
  for (const { gaps, connections, source } of await marketStories(lab)) {
    const frames = connections.flat().filter(({ dir }) => dir === 'in')
    const isSent = (id: number): boolean => frames.some(({ content }) => stands(String(id), content))
    for (const { symbol, expected, got } of gaps) {
      if (expected === null || got === null || got <= expected || isSent(expected) || !isSent(got)) continue
      return `nothing was lost, and the updates of the book of ${symbol.name} that the emulation sends go on with ${got} in place of ${expected}, which stands in no frame (${source})`
    }
  }
  return null
}
