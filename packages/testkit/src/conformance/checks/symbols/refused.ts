import { parseInstrument, SubscriptionError, tradingPair } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { hasCode, thrownBy } from '../../lab/by-hand.js'
import { heardOf } from '../../lab/heard-of.js'
import { manyInstruments } from '../../lab/many-instruments.js'
import { spellingsToTry } from '../../lab/spellings.js'

const file = 'symbols.ts'
const docs = 'writing-an-adapter.md#instruments'

/** Markets that are not there, or not any more. */
export const refusedSymbolChecks: readonly ConformanceCheck[] = [
  {
    id: 'symbols.refused-before-anything-is-sent',
    title: 'an instrument that the exchange cannot have is refused before anything is sent',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      const [channel] = lab.publicChannels
      if (channel === undefined) skip('There is no channel of market data.')
      const impossible = spellingsToTry.flat().find((instrument) => {
        try {
          lab.publicSet().subscriptionStrategy.plan({ channel, instruments: [instrument], candleIntervals: null })
          return false
        } catch {
          return true
        }
      })
      if (impossible === undefined) skip(`${lab.definition.name} can spell every instrument that this check knows.`)
      const stage = lab.stage({ levels: 8 })
      const { manager } = stage.manager(lab.publicSet())
      const started = manager.initialize({ symbols: [...lab.instruments, impossible], channels: [channel] })
      const thrown = await stage.settled(
        thrownBy(() => started),
        'initialize() should settle',
      )
      expectTrue(hasCode(thrown, 'ERR_INVALID_SYMBOL'), `${impossible} is not refused as a symbol that cannot be`, {
        expected: 'ERR_INVALID_SYMBOL',
        got: thrown ?? 'a feed',
      })
      expectTrue(thrown.message.includes(impossible.base), 'the refusal does not say which instrument it is about', {
        expected: impossible.name,
        got: thrown.message,
      })
      expectEqual(
        stage.venue.sessions.length + stage.venue.requests.length,
        0,
        'the exchange was asked before the instrument was refused',
      )
    },
  },
  {
    id: 'symbols.unlisted-refused-by-name',
    title: 'an instrument that the exchange does not list is refused by name, and the others are live',
    level: 'must',
    needs: ['venue'],
    file: 'parsers/control.ts',
    docs: 'writing-an-adapter.md#answers-settle-streams',
    async run(lab) {
      const [unlisted] = manyInstruments(lab, 1)
      if (unlisted === undefined) skip('The lab trades nothing.')
      const stage = lab.stage({ levels: 8 })
      const { manager, record } = stage.manager(lab.publicSet())
      const [channel] = lab.publicChannels
      if (channel === undefined) skip('There is no channel of market data.')
      const started = manager.initialize({ symbols: [...lab.instruments, unlisted], channels: [channel] })
      const thrown = await stage.settled(
        thrownBy(() => started),
        'initialize() should settle',
      )
      expectTrue(thrown instanceof SubscriptionError, `${unlisted}, which is not listed, is not refused`, {
        expected: 'a SubscriptionError',
        got: thrown ?? 'a feed',
      })
      expectEqual(names(thrown), [unlisted.name], 'the instrument that is not listed is not the one that is refused')
      await heardOf(stage, record, lab.instruments)
    },
  },
  {
    id: 'symbols.other-kind-refused',
    title: 'what is of another kind than the exchange trades is refused, and gets nothing of its namesake',
    level: 'must',
    needs: ['venue'],
    file,
    docs,
    async run(lab) {
      const [like] = lab.instruments
      const [channel] = lab.publicChannels
      if (like === undefined || channel === undefined) skip('The lab trades nothing.')
      const { base, quote } = like
      const namesakes = [tradingPair(base, quote), parseInstrument(`${base}/${quote}:${quote}`)]
      for (const namesake of namesakes.filter(({ name }) => lab.instruments.every((listed) => listed.name !== name))) {
        const stage = lab.stage({ levels: 8 })
        const { manager } = stage.manager(lab.publicSet())
        const started = manager.initialize({ symbols: [namesake], channels: [channel] })
        const thrown = await stage.settled(
          thrownBy(() => started),
          'initialize() should settle',
        )
        expectTrue(
          thrown instanceof SubscriptionError || hasCode(thrown, 'ERR_INVALID_SYMBOL'),
          `${namesake} is not traded, and is not refused: what comes for ${like} would be taken for it`,
          { expected: 'ERR_INVALID_SYMBOL', got: thrown ?? 'a feed' },
        )
      }
    },
  },
  {
    id: 'symbols.delisted-later',
    title: 'a market that is delisted while it runs is given up alone, by name, once it is asked for again',
    level: 'must',
    needs: ['control.refusePair'],
    file: 'parsers/control.ts',
    docs: 'writing-an-adapter.md#answers-settle-streams',
    async run(lab) {
      const [delisted, ...others] = lab.instruments
      const [channel] = lab.publicChannels
      if (delisted === undefined || channel === undefined) skip('The lab trades nothing.')
      const stage = lab.stage({ levels: 8 })
      const { manager, record } = stage.manager(lab.publicSet())
      await stage.settled(
        manager.initialize({ symbols: lab.instruments, channels: [channel] }),
        'initialize() should resolve',
      )
      stage.control.refusePair(delisted)
      stage.network.faults.cut()
      const isRefused = (): boolean =>
        record.errors.some((error) => error instanceof SubscriptionError && names(error).includes(delisted.name))
      await stage.until(isRefused, `after a new connection, the refusal of ${delisted} should be told`)
      const refused = record.errors.flatMap((error) => (error instanceof SubscriptionError ? names(error) : []))
      expectEqual([...new Set(refused)], [delisted.name], 'others were refused with the delisted market')
      record.messages.length = 0
      await heardOf(stage, record, others)
      const still = manager.streamStates().filter(({ symbol, status }) => symbol === delisted && status === 'live')
      expectEqual(still.length, 0, `${delisted} is called live although the exchange has refused it`)
    },
  },
]

/** The instruments that an error refuses, each once. */
function names(error: SubscriptionError): readonly (string | null)[] {
  return [...new Set(error.rejected.map(({ symbol }) => symbol))]
}
