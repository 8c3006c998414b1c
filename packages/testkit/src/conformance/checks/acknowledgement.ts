import { SubscriptionError } from '@tapewire/core'
import type { ConformanceCheck } from '../check.js'
import { expectEqual, expectTrue } from '../check-failure.js'

const docs = 'writing-an-adapter.md#answers-settle-streams'

/** How the exchange's answers are understood. */
export const acknowledgementChecks: readonly ConformanceCheck[] = [
  {
    id: 'acknowledgement.one-of-many-refused',
    title: 'one refused market is refused by name, and the others of its request are live',
    level: 'must',
    needs: ['control.refusePair'],
    file: 'parsers/control.ts',
    docs,
    async run(lab) {
      const [channel] = lab.publicChannels
      const [refused, ...others] = lab.instruments
      if (channel === undefined || refused === undefined) return
      const stage = lab.stage()
      stage.control.refusePair(refused)
      const { manager } = stage.manager(lab.publicSet())
      const started = manager.initialize({ symbols: lab.instruments, channels: [channel] })
      const error = await stage.settled(
        started.then(
          () => null,
          (thrown: unknown) => thrown,
        ),
        'initialize() should settle',
      )
      expectTrue(error instanceof SubscriptionError, 'initialize() should reject with a SubscriptionError', {
        got: error,
      })
      expectEqual(
        [...new Set(error.rejected.map(({ symbol }) => symbol))],
        [refused.name],
        'the refused market alone should be named',
      )
      const live = manager.streamStates().filter(({ stream }) => stream.instrument !== refused)
      expectTrue(live.length >= others.length, 'the other streams should still be there', {
        got: manager.streamStates(),
      })
    },
  },
]
