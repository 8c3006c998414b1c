import { StreamError } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { expect, it } from 'vitest'
import { MemberNotes } from './member-notes.js'

function member(instruments: number): { clock: ManualClock; said: string[]; notes: MemberNotes } {
  const [clock, said]: [ManualClock, string[]] = [new ManualClock(), []]
  const notes = { note: (text: string) => void said.push(text), warn: ({ code }: StreamError) => void said.push(code) }
  return { clock, said, notes: new MemberNotes(notes, instruments, clock) }
}

it('what a member of a group has is told once it has settled, with the first of its instruments', () => {
  const { clock, said, notes } = member(12)
  const symbols = Array.from({ length: 10 }, (_, index) => `A${index}/USDT`)
  for (let share = 1; share <= 10; share += 1) {
    notes.onOwned({ symbols: symbols.slice(0, share), accounts: [] })
    clock.advance(100)
  }
  expect(said).toEqual([])
  clock.advance(500)
  notes.onOwned({ symbols: ['A0/USDT'], accounts: ['main'] })
  clock.advance(500)
  notes.onOwned({ symbols: [], accounts: [] })
  clock.advance(500)
  expect(said).toEqual([
    'Published here: 10 of 12 instruments (A0/USDT, A1/USDT, A2/USDT, A3/USDT, A4/USDT, A5/USDT, A6/USDT, A7/USDT, 2 more)',
    'Published here: 1 of 12 instruments (A0/USDT), the account main',
    'Published here: 0 of 12 instruments',
  ])
})

it('a member of a group that has accounts alone says which of them it has', () => {
  const { clock, said, notes } = member(0)
  for (const accounts of [['main'], []]) {
    notes.onOwned({ symbols: [], accounts })
    clock.advance(500)
  }
  expect(said).toEqual(['Published here: the account main', 'Published here: no account'])
})

it('what a member has when it ends is not told any more', () => {
  const { clock, said, notes } = member(2)
  notes.onOwned({ symbols: [], accounts: [] })
  notes.end()
  clock.advance(500)
  expect(said).toEqual([])
})

it('what a member fails of again and again is told once a minute', () => {
  const { clock, said, notes } = member(2)
  const refused = new StreamError('ERR_AUTHENTICATION_FAILED', 'acme_spot refused the key.')
  const away = new StreamError('ERR_CONNECTION_REFUSED', 'No connection.')
  for (let second = 0; second < 61; second += 1) {
    notes.onError(refused)
    clock.advance(1_000)
  }
  for (const error of [away, away, refused]) notes.onError(error)
  expect(said).toEqual([refused, refused, away, refused].map(({ code }) => code))
})
