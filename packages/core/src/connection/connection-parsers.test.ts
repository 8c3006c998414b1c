import { describe, expect, test } from 'vitest'
import type { MessageParser } from '../strategy/message-parser.js'
import { ConnectionParsers } from './connection-parsers.js'

function parserWith(
  fallbacks: readonly (readonly [string, number])[],
  more: Partial<MessageParser> = {},
): MessageParser {
  return { parse: () => [], peek: () => null, fallbacks: new Map(fallbacks), ...more }
}

describe('the parsers of connections', () => {
  test('are one for all where the adapter makes none for each', () => {
    const shared = parserWith([['trades', 2]])
    const parsers = new ConnectionParsers(shared)
    expect([parsers.begin(), parsers.begin()]).toEqual([shared, shared])
    parsers.end(shared)
    expect(parsers.fallbacks).toEqual(new Map([['trades', 2]]))
  })

  test('have their fallbacks counted together, also after their connections have ended', () => {
    const made = [
      parserWith([['trades', 1]]),
      parserWith([
        ['trades', 10],
        ['depth', 5],
      ]),
    ]
    const forConnection = (): MessageParser => made.shift() ?? parserWith([])
    const parsers = new ConnectionParsers(parserWith([['trades', 100]], { forConnection }))
    const first = parsers.begin()
    parsers.begin()
    const all = new Map([
      ['trades', 111],
      ['depth', 5],
    ])
    expect(parsers.fallbacks).toEqual(all)
    parsers.end(first)
    parsers.end(first)
    expect(parsers.fallbacks).toEqual(all)
  })

  test('are counted once where an adapter gives the same to several connections', () => {
    const same = parserWith([['trades', 1]])
    const parsers = new ConnectionParsers(parserWith([], { forConnection: () => same }))
    for (let count = 0; count < 2; count += 1) parsers.begin()
    for (let count = 0; count < 2; count += 1) {
      parsers.end(same)
      expect(parsers.fallbacks).toEqual(new Map([['trades', 1]]))
    }
  })
})
