import { isDeepStrictEqual } from 'node:util'
import type { ParsedMessage } from '@tapewire/core/adapter'
import { deviantJson, frameOf, sampleJson } from '@tapewire/core/testing'
import { createRandom, randomInteger, randomItem } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { newParser, receivedAt } from '../../test/support/frames.js'
import type { PushDeclaration } from '../shared/push.js'
import { fastPushes } from './parser.js'

/** How many random frames each test tries for each channel. */
const fuzzCases = Number(process.env.TAPEWIRE_FUZZ_CASES ?? 1_000)

type Random = () => number

/** The envelope of today, that of 2021, and some that are neither. */
function wrap(channel: string, result: string, random: Random): string {
  const time = randomInteger(random, 1_000_000_000, 9_999_999_999)
  const timeMs = time * 1_000 + randomInteger(random, 0, 999)
  switch (randomInteger(random, 0, 19)) {
    case 0:
      return `{"time":${time},"channel":"${channel}","event":"update","result":${result}}`
    case 1:
      return `{"time":${time},"time_ms":0,"channel":"${channel}","event":"update","result":${result}}`
    case 2:
      return `{"channel":"${channel}","result":${result}}`
    case 3:
      return `{"time":${time % 1_000},"time_ms":${timeMs % 1_000_000},"channel":"${channel}","event":"update","result":${result}}`
    default:
      return `{"time":${time},"time_ms":${timeMs},"channel":"${channel}","event":"update","result":${result}}`
  }
}

/** Samples name markets; two channels name streams. */
function nameStreams(channel: string, result: string, random: Random): string {
  const width = randomItem(random, ['10s', '1m', '5m', '30m', '8h', '7d', '3d', '', '1m_1m'])
  if (channel === 'spot.candlesticks') return result.replace('"n":"', `"n":"${width}_`)
  if (channel === 'spot.obu')
    return result.replace(/"s":"([^"]*)"/, randomItem(random, ['"s":"ob.$1.50"', '"s":"$1.400"']))
  return result
}

/** One to three characters changed, put in or taken out. */
function damage(text: string, random: Random): string {
  let damaged = text
  for (let count = randomInteger(random, 1, 3); count > 0; count -= 1) {
    const at = randomInteger(random, 0, damaged.length - 1)
    const by = randomItem(random, ['', ...'019-."\\,{}[] eué\u0000'])
    damaged = damaged.slice(0, at) + by + damaged.slice(at + randomInteger(random, 0, 1))
  }
  return damaged
}

/** Parses texts, alone and amid other bytes, and demands what the reference decoder says: behind a blank, no text has the declared shape. */
function comparison(): (text: string) => ParsedMessage | null {
  const parser = newParser()
  const reference = newParser()
  return (text) => {
    const expected = reference.parse(frameOf(` ${text}`, receivedAt))
    demand(parser.parse(frameOf(text, receivedAt)), expected, text)
    const bytes = Buffer.from(`##${text}"}}`)
    const fast = parser.readFast({ bytes, start: 2, end: bytes.length - 3, isBinary: false, receivedAt })
    if (fast !== null) demand(fast, expected, text)
    return fast
  }
}

function demand(parsed: unknown, expected: unknown, text: string): void {
  if (!isDeepStrictEqual(parsed, expected)) expect(parsed, text).toStrictEqual(expected)
}

interface Tally {
  readonly fast: number
  readonly total: number
}

function fuzz(make: (declaration: PushDeclaration, random: Random) => string, seed: number): Map<string, Tally> {
  const tallies = new Map<string, Tally>()
  for (const { shape } of Object.values(fastPushes)) {
    const random = createRandom(seed)
    const compare = comparison()
    const channel = shape.declaration.channel.text
    let fast = 0
    for (let run = 0; run < fuzzCases; run += 1) if (compare(make(shape.declaration, random)) !== null) fast += 1
    tallies.set(channel, { fast, total: fuzzCases })
  }
  return tallies
}

function samplePush({ channel, result }: PushDeclaration, random: Random): string {
  return wrap(channel.text, nameStreams(channel.text, sampleJson(result, random), random), random)
}

describe('the fast decoder says what the reference decoder says', { timeout: 60_000 + 10 * fuzzCases }, () => {
  it('of pushes as they are declared, and reads a good part of them itself', () => {
    for (const [channel, { fast, total }] of fuzz(samplePush, 1)) expect(fast, channel).toBeGreaterThan(total / 4)
  })

  it('of pushes that deviate', () => {
    const deviate = ({ channel, result }: PushDeclaration, random: Random): string =>
      wrap(channel.text, nameStreams(channel.text, deviantJson(result, random), random), random)
    for (const [channel, { fast, total }] of fuzz(deviate, 2)) expect(fast, channel).toBeLessThan(total / 2)
  })

  it('of pushes with damaged text', () => {
    for (const [channel, { fast }] of fuzz(
      (declaration, random) => damage(samplePush(declaration, random), random),
      3,
    )) {
      expect(fast, channel).toBeGreaterThan(0)
    }
  })
})
