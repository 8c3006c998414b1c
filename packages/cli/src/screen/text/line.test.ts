import { describe, expect, test } from 'vitest'
import { clipLine, fitCells, fitLine, type Line, span, spread } from './line.js'

const text = (line: Line): string => line.map((one) => one.text).join('')

describe('a line', () => {
  test('is clipped where it is too wide, by words and whole numbers', () => {
    const line = [span('lost '), span('1,234', 'bad'), span(' messages')]
    expect(text(clipLine(line, 19))).toBe('lost 1,234 messages')
    expect(text(clipLine(line, 15))).toBe('lost 1,234 mes…')
    expect(text(clipLine(line, 10))).toBe('lost …')
    expect(text(clipLine([span('12,345')], 6))).toBe('12,345')
  })

  test('fills the columns it is given', () => {
    expect(text(fitLine([span('on')], 4))).toBe('on  ')
    expect(text(spread([span('left')], [span('right')], 12))).toBe('left   right')
    expect(text(spread([span('left')], [span('right')], 9))).toBe('left')
  })

  test('leaves out the cells that matter least, each as a whole', () => {
    const cells = [
      { line: [span('● up')], rank: 0 },
      { line: [span('1,234 msg/s')], rank: 1 },
      { line: [], rank: 0 },
      { line: [span('lag 2 ms')], rank: 2 },
    ]
    expect(text(fitCells(cells, 27))).toBe('● up  1,234 msg/s  lag 2 ms')
    expect(text(fitCells(cells, 26))).toBe('● up  1,234 msg/s')
    expect(text(fitCells(cells, 16))).toBe('● up')
    expect(text(fitCells(cells, 3))).toBe('')
  })
})
