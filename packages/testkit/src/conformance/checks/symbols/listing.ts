import { type InstrumentListing, tradingPair } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import type { Stage } from '../../lab/stage.js'

/** What an exchange lists. */
export const listingChecks: readonly ConformanceCheck[] = [
  {
    id: 'symbols.listing-spells-alike',
    title: 'each instrument that is listed is planned under the spelling of the list',
    level: 'must',
    needs: ['listing', 'venue'],
    file: 'listing.ts',
    docs: 'writing-an-adapter.md#the-definition',
    async run(lab) {
      const [channel] = lab.publicChannels
      if (channel === undefined) skip('There is no channel of market data.')
      for (const { instrument, wireSymbol } of await listed(lab, lab.stage({ levels: 8 }))) {
        const streams = lab
          .publicSet()
          .subscriptionStrategy.plan({ channel, instruments: [instrument], candleIntervals: null })
        for (const stream of streams) {
          if (stream.instrument === null) continue
          expectEqual(
            stream.wireSymbol,
            wireSymbol,
            `${instrument} is listed under another spelling than it is subscribed with`,
          )
        }
      }
    },
  },
  {
    id: 'symbols.listing-is-whole',
    title: 'what the exchange trades is listed, each instrument once',
    level: 'must',
    needs: ['listing', 'venue'],
    file: 'listing.ts',
    docs: 'writing-an-adapter.md#the-definition',
    async run(lab) {
      const instruments = [...lab.instruments, tradingPair('龙虾', 'USDT')].filter(
        (instrument, place) =>
          place < lab.instruments.length || lab.instruments.every(({ kind }) => kind === instrument.kind),
      )
      const names = (await listed(lab, lab.stage({ instruments, levels: 8 }))).map(({ instrument }) => instrument.name)
      expectEqual(names, [...new Set(names)], 'an instrument is listed twice')
      const missing = instruments.map(({ name }) => name).filter((name) => !names.includes(name))
      expectEqual(missing, [], `${missing.join(', ')}, which the exchange trades, is not listed`, { got: names })
    },
  },
  {
    id: 'symbols.listing-amounts',
    title: 'steps and sizes of the list are exact text of positive numbers, or null',
    level: 'must',
    needs: ['listing', 'venue'],
    file: 'listing.ts',
    docs: 'writing-an-adapter.md#the-definition',
    async run(lab) {
      const statuses = ['trading', 'buy-only', 'sell-only', 'halted', null]
      for (const listing of await listed(lab, lab.stage({ levels: 8 }))) {
        const { instrument, status, priceStep, sizeStep, minSize, minQuoteSize } = listing
        expectTrue(statuses.includes(status), `the status of ${instrument} is none of those there are`, {
          expected: statuses,
          got: status,
        })
        for (const [name, value] of Object.entries({ priceStep, sizeStep, minSize, minQuoteSize })) {
          const isAmount =
            value === null || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) && Number(value) > 0)
          expectTrue(isAmount, `${name} of ${instrument} is no amount`, { expected: "'0.01', or null", got: value })
        }
      }
    },
  },
]

async function listed(lab: Lab, stage: Stage): Promise<readonly InstrumentListing[]> {
  const listing = lab.definition.listInstruments?.(undefined, stage.env())
  if (listing === undefined) skip(`${lab.definition.name} has no list of instruments.`)
  return stage.settled(listing, 'listInstruments() should resolve')
}
