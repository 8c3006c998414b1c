import { parseInstrument } from '@tapewire/core'
import { type BookRules, createEnv, orderOfArrival, overlappingRanges } from '@tapewire/core/adapter'
import { describe, expect, test } from 'vitest'
import { beginningWith } from './recorded-books.js'

const [btc, eth] = [parseInstrument('BTC/USDT'), parseInstrument('ETH/USDT')]
const book = { line: 1, t: 5, symbol: 'BTC/USDT', sequence: 17, bids: [1, 2], asks: [3, 4] }
const fetched = { bids: [], asks: [], sequence: 99, exchangeTime: null }
const rest: BookRules = {
  source: 'rest',
  depth: null,
  continuity: overlappingRanges,
  snapshotLimit: { requests: 1, windowMs: 1_000 },
  fetchSnapshot: async () => fetched,
}
const stream: BookRules = {
  source: 'stream',
  depth: null,
  continuity: orderOfArrival,
  snapshotTimeoutMs: 1_000,
  audit: null,
}

async function sequencesOf(rules: BookRules | null, ...symbols: readonly (typeof btc)[]): Promise<unknown[]> {
  if (rules?.source !== 'rest') throw new Error('No snapshot can be fetched.')
  const sequences: unknown[] = []
  for (const symbol of symbols) {
    const snapshot = rules.fetchSnapshot(symbol, createEnv())
    sequences.push(
      await snapshot.then(
        ({ sequence }) => sequence,
        ({ code }) => code,
      ),
    )
  }
  return sequences
}

describe('a book that was recorded', () => {
  test('is its first snapshot; what follows, and every other, is fetched', async () => {
    expect(await sequencesOf(beginningWith([book], rest), btc, btc, eth)).toEqual([17, 99, 99])
  })

  test('also begins one whose snapshots come with the stream', async () => {
    const rules = beginningWith([book], stream)
    expect(await sequencesOf(rules, btc, btc)).toEqual([17, 'ERR_BOOK_NOT_LIVE'])
    expect(rules).toMatchObject({ source: 'rest', depth: null })
  })

  test('changes nothing where each message is a whole book, or digits are checked, or there is none', () => {
    const whole: BookRules = { source: 'replace', depth: 5 }
    const checked: BookRules = { ...rest, verify: () => null, keepDigits: true }
    expect(beginningWith([book], whole)).toBe(whole)
    expect(beginningWith([book], checked)).toBe(checked)
    expect(beginningWith([], rest)).toBe(rest)
    expect(beginningWith([book], null)).toBeNull()
  })
})
