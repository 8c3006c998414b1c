import { describe, expect, it } from 'vitest'
import { AccountOwners } from './account-owners.js'

describe('the end of a relay of an account', () => {
  it('is a hole where it was the only one', () => {
    const owners = new AccountOwners()
    owners.add(1, 0)
    expect(owners.end(1)).toBe(true)
  })

  it('is none where another was there before it was heard for the last time', () => {
    const owners = new AccountOwners()
    owners.add(1, 0)
    owners.add(2, 50)
    owners.saw(1, 100)
    expect(owners.end(1)).toBe(false)
    expect(owners.end(2)).toBe(true)
  })

  it('is a hole where the other came only after it was heard for the last time', () => {
    const owners = new AccountOwners()
    owners.add(1, 0)
    owners.saw(1, 100)
    owners.add(2, 101)
    expect(owners.end(1)).toBe(true)
    // That one has told its hole: what it publishes itself goes on.
    expect(owners.end(2)).toBe(true)
  })

  it('is none where it never published the channel', () => {
    const owners = new AccountOwners()
    owners.saw(3, 10)
    expect(owners.end(3)).toBe(false)
  })
})
