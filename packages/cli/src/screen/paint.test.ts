import { expect, test } from 'vitest'
import { colourDepth, colours256, paintLine } from './paint.js'
import { type Style, span } from './text/line.js'

/** Relative luminance of a colour of the table of 256 (xterm), as WCAG 2.2 has it. */
function luminance(colour: number): number {
  const grey = 8 + (colour - 232) * 10
  const cube = [Math.floor((colour - 16) / 36), Math.floor((colour - 16) / 6) % 6, (colour - 16) % 6]
  const [red, green, blue] = (
    colour >= 232 ? [grey, grey, grey] : cube.map((step) => (step === 0 ? 0 : 55 + step * 40))
  )
    .map((level) => level / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test.each(Object.entries(colours256))('%s is read on white and on black', (_style, colour) => {
  const light = luminance(colour)
  expect(1.05 / (light + 0.05)).toBeGreaterThan(3.8)
  expect((light + 0.05) / 0.05).toBeGreaterThan(3.8)
})

const every: readonly Style[] = ['plain', 'dim', 'strong', 'good', 'bad', 'warn', 'accent', 'chosen']

test('without colours, weight and reversal are all that is left', () => {
  const codes = every.map((style) => paintLine([span('x', style)], 'none'))
  expect(codes.filter((text) => text !== 'x')).toEqual(['\u001b[1mx\u001b[0m', '\u001b[7mx\u001b[0m'])
})

test('a terminal of 16 colours is told none that vanishes on white or on black', () => {
  // Black, yellow, blue, cyan, white, as ECMA-48 numbers them.
  const vanishing = ['30', '33', '34', '36', '37']
  for (const style of every)
    for (const code of vanishing) expect(paintLine([span('x', style)], '16')).not.toContain(code)
})

test('a terminal says by its name that it has 256 colours, or by COLORTERM', () => {
  expect(colourDepth({ TERM: 'xterm-256color' })).toBe('256')
  expect(colourDepth({ TERM: 'xterm', COLORTERM: 'truecolor' })).toBe('256')
  expect(colourDepth({ TERM: 'xterm' })).toBe('16')
  expect(colourDepth({})).toBe('16')
})
