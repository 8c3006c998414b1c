import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeShares } from './place-shares.js'
import { shareOfSymbol, streamShares } from './share.js'

const shares = streamShares(64)
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 })

function counts(placed: ReadonlyMap<string, string>, members: readonly string[]): readonly number[] {
  return members.map((member) => [...placed.values()].filter((owner) => owner === member).length)
}

function moved(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  return [...before].filter(([share, owner]) => after.get(share) !== owner).length
}

describe('the placement of shares', () => {
  it('gives every member as many as another, or one more, whoever had what', () => {
    fc.assert(
      fc.property(names, fc.array(fc.nat(20), { maxLength: 64 }), (members, had) => {
        const owners = new Map(had.map((index, share) => [`streams-${share}`, members[index] ?? 'gone']))
        const placed = placeShares(shares, members, owners)
        const each = counts(placed, members)
        expect(placed.size).toBe(64)
        expect(Math.max(...each) - Math.min(...each)).toBeLessThan(2)
      }),
    )
  })

  it('moves no more of what members have than an even spread asks for', () => {
    fc.assert(
      fc.property(names, fc.array(fc.nat(20), { maxLength: 64 }), (members, had) => {
        const owners = new Map(had.map((index, share) => [`streams-${share}`, members[index] ?? 'gone']))
        const kept = new Map([...owners].filter(([, owner]) => members.includes(owner)))
        // Whatever is done, who has more than its due gives the rest away; who has most may have the one more.
        const held = [...counts(kept, members)].sort((a, b) => b - a)
        const least = held.reduce((sum, count, index) => {
          const due = Math.floor(64 / members.length) + (index < 64 % members.length ? 1 : 0)
          return sum + Math.max(0, count - due)
        }, 0)
        expect(moved(kept, placeShares(shares, members, owners))).toBe(least)
      }),
    )
  })

  it('moves only to the member that joins, and only from the one that leaves', () => {
    fc.assert(
      fc.property(names, (members) => {
        const before = placeShares(shares, members, new Map())
        const joined = placeShares(shares, [...members, 'one more'], before)
        for (const [share, owner] of joined) if (before.get(share) !== owner) expect(owner).toBe('one more')
        const left = placeShares(shares, members, joined)
        for (const [share, owner] of left) if (joined.get(share) !== owner) expect(joined.get(share)).toBe('one more')
      }),
    )
  })

  it('is the same in whichever order members and shares are known', () => {
    fc.assert(
      fc.property(names, (members) => {
        const owners = new Map(shares.slice(0, 20).map((share, index) => [share, members[index % 3] ?? 'gone']))
        const one = placeShares(shares, members, owners)
        const other = placeShares([...shares].reverse(), [...members].reverse(), new Map([...owners].reverse()))
        expect(Object.fromEntries(other)).toEqual(Object.fromEntries(one))
      }),
    )
  })

  it('gives nobody anything where there is nobody', () => {
    expect(placeShares(shares, [], new Map()).size).toBe(0)
  })
})

describe('the share of an instrument', () => {
  it('is any of them about as often as another', () => {
    const sizes = new Array<number>(64).fill(0)
    for (let symbol = 0; symbol < 5_000; symbol += 1) {
      const index = Number(shareOfSymbol(`C${symbol}/USDT`, 64).slice('streams-'.length))
      sizes[index] = (sizes[index] ?? 0) + 1
    }
    // 78 a share, give or take three times what chance does to it.
    expect(Math.min(...sizes)).toBeGreaterThan(50)
    expect(Math.max(...sizes)).toBeLessThan(106)
  })
})
