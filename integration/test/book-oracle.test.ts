import { describe, expect, test } from 'vitest'
import { runBookOracle } from '../src/book-oracle.js'

/** The full proof: `TAPEWIRE_ORACLE_UPDATES=10000000 npx vitest run integration/test/book-oracle.test.ts`. */
const updates = Number(process.env.TAPEWIRE_ORACLE_UPDATES ?? 30_000)

const streams = ['gateio_spot order_book_update', 'gateio_spot obu', 'mexc_spot aggre.depth'] as const

describe.each(streams)('the books of %s', (stream) => {
  test(`equal a naive map-based book over ${updates} updates`, { timeout: 3_600_000 }, async () => {
    const onProgress = (done: number): void => void process.stderr.write(`${stream}: ${done} updates\n`)
    const result = await runBookOracle({ stream, updates, seed: 20_260_101, loseOneIn: 0, onProgress })
    expect(result).toMatchObject({ differences: 0, lost: 0 })
    expect(result.comparisons).toBeGreaterThan(updates / 300)
    if (updates > 1_000_000) process.stderr.write(`${stream}: ${JSON.stringify(result)}\n`)
  })

  test('show every loss in the next frame, and are true again afterwards', async () => {
    const result = await runBookOracle({ stream, updates: 10_000, seed: 3, loseOneIn: 40 })
    expect(result.lost).toBeGreaterThan(50)
    expect(result).toMatchObject({ differences: 0, noticed: result.lost })
  })
})
