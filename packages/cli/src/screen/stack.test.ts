import { expect, test } from 'vitest'
import { besideEachOther, type Section, stackSections } from './stack.js'
import { type Line, span } from './text/line.js'

const text = (line: Line): string => line.map((one) => one.text).join('')

function section(name: string, least: number, wish: number, rank: number): Section {
  const draw = (_width: number, lines: number): readonly Line[] =>
    Array.from({ length: lines }, (_, index) => [span(`${name}${index + 1}`)])
  return { title: [span(name)], least, wish: () => wish, rank, draw }
}

const stacked = (height: number): readonly string[] =>
  stackSections([section('a', 1, 3, 0), section('b', 2, 2, 2), section('c', 1, 9, 1)], 4, height).map(text)

test('each section has what it needs before another one has what it likes; what ranks last goes first', () => {
  expect(stacked(2)).toEqual(['a ──', 'a1'])
  expect(stacked(5)).toEqual(['a ──', 'a1', 'a2', 'c ──', 'c1'])
  expect(stacked(7)).toEqual(['a ──', 'a1', 'b ──', 'b1', 'b2', 'c ──', 'c1'])
  expect(stacked(10)).toEqual(['a ──', 'a1', 'a2', 'a3', 'b ──', 'b1', 'b2', 'c ──', 'c1', 'c2'])
  expect(stacked(30)).toHaveLength(30)
})

test('columns stand beside each other, each where it begins', () => {
  const left = { lines: [[span('1')], [span('22')]], width: 3 }
  const right = { lines: [[span('x')]], width: 2 }
  expect(besideEachOther([left, right], 1).map(text)).toEqual(['1   x', '22  '])
})
