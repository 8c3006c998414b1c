import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cursorOf, fetchWindow, halvesOf, type Window, windowsIn } from './windows.js'

describe('windows of time', () => {
  it('begin with the whole, and survive as a cursor', () => {
    const whole = { from: 1_000, to: 2_000 }
    expect(windowsIn(null, whole)).toEqual([whole])
    const halves = halvesOf(whole) ?? []
    expect(windowsIn(cursorOf(halves), whole)).toEqual(halves)
    expect(cursorOf([])).toBeNull()
  })

  it('are halved without a millisecond lost or shared, down to one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (from, span) => {
        const halves = halvesOf({ from, to: from + span })
        if (span === 0) expect(halves).toBeNull()
        else expect(halves).toMatchObject([{ from }, { from: (halves?.[0].to ?? 0) + 1, to: from + span }])
      }),
    )
  })

  it('are asked for until no answer is full, whichever end a full one leaves out', async () => {
    const happenings = fc.array(fc.nat(200), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(happenings, fc.boolean(), async (times, isNewestFirst) => {
        const mostRows = 8
        const mostAtOnce = Math.max(0, ...times.map((time) => times.filter((other) => other === time).length))
        const rowsOf = ({ from, to }: Window): readonly number[] => {
          const rows = times.filter((time) => time >= from && time <= to).sort((one, other) => one - other)
          return isNewestFirst ? rows.slice(-mostRows) : rows.slice(0, mostRows)
        }
        const found: number[] = []
        let isWhole = true
        let cursor: string | null = null
        do {
          const page = await fetchWindow(
            cursor,
            { from: 0, to: 200 },
            mostRows,
            async (window) => rowsOf(window) as never,
          )
          found.push(...(page.messages as unknown as readonly number[]))
          isWhole &&= page.reachesBack
          cursor = page.next
        } while (cursor !== null)
        if (mostAtOnce < mostRows) expect(found.sort()).toEqual([...times].sort())
        expect(isWhole).toBe(mostAtOnce < mostRows)
      }),
    )
  })
})
