import { describe, expect, test } from 'vitest'
import { Pace } from './pace.js'

/** Draws so many frames, one every `betweenMs`, each of them for `drawingMs`; returns the time after. */
function draw(pace: Pace, frames: number, betweenMs: number, drawingMs: number, from = 0): number {
  for (let frame = 1; frame <= frames; frame++) pace.drew(from + frame * betweenMs, drawingMs)
  return from + frames * betweenMs
}

describe('the pace of a page', () => {
  test('is not told while the server’s own is good enough', () => {
    const pace = new Pace()
    const now = draw(pace, 100, 16, 4)
    expect(pace.tell(now, false)).toBeNull()
  })

  test('is told when frames come more slowly, and again when they are quick', () => {
    const pace = new Pace()
    let now = draw(pace, 100, 200, 4)
    expect(pace.tell(now, false)).toBe(200)
    expect(pace.tell(now, false)).toBeNull()
    now = draw(pace, 200, 16, 4, now)
    expect(pace.tell(now, false)).toBe(50)
  })

  test('leaves half of the page’s time to its reader', () => {
    const pace = new Pace()
    expect(pace.tell(draw(pace, 100, 60, 80), false)).toBe(160)
  })

  test('asks for little at once where nobody looks, and for all again when somebody does', () => {
    const pace = new Pace()
    expect(pace.tell(10, true)).toBe(5_000)
    expect(pace.tell(20, true)).toBeNull()
    expect(pace.tell(30, false)).toBe(50)
  })
})
