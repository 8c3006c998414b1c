import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { invoke } from './support/invoke.js'

const folder = fileURLToPath(new URL('../../../../shared/captures/gateio-spot/', import.meta.url))

interface Oracle {
  readonly symbols: Readonly<
    Record<string, { lastUpdateId: number; bids: readonly [string, string][]; asks: readonly [string, string][] }>
  >
}

const numbers = (levels: readonly [string, string][]): number[][] => levels.map((level) => level.map(Number))

describe('tapewire replay --books', () => {
  test.skipIf(!existsSync(folder))(
    'ends a recorded session with the books of an independent replay, symbol by symbol',
    async () => {
      const file = `${folder}cryptofeed-20210422.jsonl`
      const rest = `${folder}cryptofeed-20210422.rest.jsonl`
      const { code, stdout } = await invoke([
        'replay',
        file,
        '--rest',
        rest,
        '--exchange',
        'gateio_spot',
        '--speed',
        'max',
        '--books',
        '--json',
      ])
      expect(code).toBe(0)
      const oracle = JSON.parse(readFileSync(`${folder}book_oracle.json`, 'utf8')) as Oracle
      const expected = Object.fromEntries(
        Object.entries(oracle.symbols).map(([name, { lastUpdateId, bids, asks }]) => [
          name.replace('_', '/'),
          { status: 'live', sequence: lastUpdateId, bids: numbers(bids), asks: numbers(asks) },
        ]),
      )
      expect(JSON.parse(stdout)).toMatchObject({ books: expected, gaps: 0 })
    },
  )
})
