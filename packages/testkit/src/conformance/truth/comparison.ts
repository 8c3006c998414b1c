import type { Channel } from '@tapewire/core'
import { type FailureDetails, fail } from '../check-failure.js'
import type { TrueValue } from './true-value.js'

/** What each field of one row has to say. */
export type TrueRow = Readonly<Record<string, TrueValue>>
/** A row as an adapter tells it. */
export type ToldRow = Readonly<Record<string, unknown>>

/** What comes nearest to a row among what there was. */
export interface Nearest {
  readonly row: TrueRow
  /** Its place among the rows that were looked at. */
  readonly place: number
  /** Fields of the told row that say something else; none where it is told as it was. A field that is null says nothing. */
  readonly differing: readonly string[]
}

/** The row that a told one is like, or the most like; null where there are none. */
export function nearestRow(told: ToldRow, rows: Iterable<TrueRow>): Nearest | null {
  let nearest: Nearest | null = null
  let place = 0
  for (const row of rows) {
    const differing = Object.entries(row)
      .filter(([name, value]) => told[name] !== null && !value.agrees(told[name]))
      .map(([name]) => name)
    if (nearest === null || differing.length < nearest.differing.length) nearest = { row, place, differing }
    if (differing.length === 0) break
    place += 1
  }
  return nearest
}

/** Where a row came from, for the words of a failure. */
export interface RowOrigin {
  readonly channel: Channel
  /** What it is, in words: `a trade of BTC/USDT`. */
  readonly what: string
  readonly frame: string | Uint8Array | null
}

/**
 * Fails where a told row is nothing that was. Where the frame itself does not hold what was, and does hold what was told, the emulation is named and not the adapter.
 */
export function expectTrueRow(told: ToldRow, nearest: Nearest | null, origin: RowOrigin): asserts nearest is Nearest {
  const { what, frame } = origin
  if (nearest === null) fail(`${what} was told, and there was none`, { got: told, ...whereOf(origin) })
  const { row, differing } = nearest
  if (differing.length === 0) return
  const pick = (from: (name: string) => unknown): unknown =>
    Object.fromEntries(differing.map((name) => [name, from(name)]))
  const isEmulated = frame !== null && differing.every((name) => isSentOtherwise(row[name], told[name], frame))
  fail(
    isEmulated
      ? `${what} is told as the emulation sends it, which is not how the simulated market has it: ${differing.join(', ')}`
      : `${what} is told wrongly: ${differing.join(', ')} (where the frame itself is wrong, look at testing/)`,
    {
      expected: pick((name) => row[name]?.text),
      got: pick((name) => told[name]),
      ...whereOf(origin),
      ...(isEmulated ? { file: 'testing/' } : {}),
    },
  )
}

/** The file that reads a channel, and the frame. */
export function whereOf({ channel, frame }: Pick<RowOrigin, 'channel' | 'frame'>): FailureDetails {
  return { file: parserFileOf(channel), ...(frame === null ? {} : { frame }) }
}

export function parserFileOf(channel: Channel): string {
  return `parsers/${channel.replaceAll('_', '-')}.ts`
}

/** Whether a text stands somewhere in a frame, among whatever bytes. */
export function stands(text: string | null, frame: string | Uint8Array): boolean {
  return text !== null && latin1(frame).includes(text)
}

/** Whether a text stands in a frame, and nowhere by itself: a part of a longer word. In protobuf a text stands by itself behind its length, whatever follows. */
export function isPartOfWord(text: string, frame: string | Uint8Array): boolean {
  const whole = latin1(frame)
  let place = whole.indexOf(text)
  if (place === -1) return false
  for (; place !== -1; place = whole.indexOf(text, place + 1)) {
    const [before, behind] = [whole[place - 1] ?? '', whole[place + text.length] ?? '']
    const isBehindLength = typeof frame !== 'string' && before.charCodeAt(0) === text.length
    if (isBehindLength || !(isOfWord(before) || isOfWord(behind))) return false
  }
  return true
}

function isOfWord(character: string): boolean {
  return /^\w$/.test(character)
}

/** Whether a frame does not hold what was, and does hold what was told instead. */
function isSentOtherwise(truth: TrueValue | undefined, told: unknown, frame: string | Uint8Array): boolean {
  if (truth === undefined || truth.isReckoned) return false
  return !stands(truth.text, frame) && standsInSomeUnit(told, frame)
}

function standsInSomeUnit(told: unknown, frame: string | Uint8Array): boolean {
  if (stands(String(told), frame)) return true
  return typeof told === 'number' && (stands(String(told / 1_000), frame) || stands(String(told * 1_000), frame))
}

function latin1(frame: string | Uint8Array): string {
  return typeof frame === 'string' ? frame : Buffer.from(frame).toString('latin1')
}
