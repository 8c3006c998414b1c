import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderAddresses } from './address-order.js'
import { addressOf } from './test-resolver.js'

const all = ['2001:db8::1', '2001:db8::2', '192.0.2.1', '192.0.2.2', '192.0.2.3'].map(addressOf)

const order = (turn: number, failed: Record<string, number> = {}, now = 0): string[] =>
  orderAddresses(all, turn, new Map(Object.entries(failed)), now).map(({ address }) => address)

test('connects begin with each address of the machine’s first family in turn', () => {
  expect([0, 1, 2].map((turn) => order(turn)[0])).toEqual(['2001:db8::1', '2001:db8::2', '2001:db8::1'])
  expect(order(1)).toEqual(['2001:db8::2', '2001:db8::1', '192.0.2.2', '192.0.2.3', '192.0.2.1'])
})

test('those that failed come last, the one that failed longest ago first of them', () => {
  expect(order(0, { '2001:db8::1': 5, '2001:db8::2': 3 }, 10)).toEqual([
    '192.0.2.1',
    '192.0.2.2',
    '192.0.2.3',
    '2001:db8::2',
    '2001:db8::1',
  ])
})

test('a failure is forgotten after ten minutes, and that of an address which is gone at once', () => {
  const failedAt = new Map([
    ['192.0.2.1', 0],
    ['192.0.2.2', 1],
    ['198.51.100.1', 1],
  ])
  orderAddresses(all, 0, failedAt, 600_000)
  expect([...failedAt.keys()]).toEqual(['192.0.2.2'])
})

test('every address is there once, whatever failed', () => {
  const failures = fc.dictionary(fc.constantFrom(...all.map(({ address }) => address)), fc.nat(1_000_000))
  fc.assert(
    fc.property(fc.nat(), failures, fc.nat(1_000_000), (turn, failed, now) => {
      expect(order(turn, failed, now).sort()).toEqual(all.map(({ address }) => address).sort())
    }),
  )
})
