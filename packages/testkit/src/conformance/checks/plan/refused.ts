import { type Channel, channels, StreamError } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue, skip } from '../../check-failure.js'
import { hasCode, type StrategySide, strategySides, thrownBy } from '../../lab/by-hand.js'
import { spellingsToTry } from '../../lab/spellings.js'

const docs = 'writing-an-adapter.md#streams'

/** Requests that cannot be planned. */
export const refusedPlanChecks: readonly ConformanceCheck[] = [
  {
    id: 'plan.unsupported-channel-refused',
    title: 'a channel that these strategies do not have is refused',
    level: 'must',
    needs: [],
    file: 'subscription.ts',
    docs,
    async run(lab) {
      for (const { name, side, channel } of missingChannels(strategySides(lab))) {
        const thrown = await thrownBy(() =>
          side.make().subscriptionStrategy.plan({ channel, instruments: lab.instruments, candleIntervals: null }),
        )
        expectTrue(
          hasCode(thrown, 'ERR_UNSUPPORTED_CHANNEL'),
          `${name} does not refuse ${channel}, which it does not have`,
          {
            expected: 'ERR_UNSUPPORTED_CHANNEL',
            got: thrown ?? 'a plan',
          },
        )
      }
    },
  },
  {
    id: 'plan.refusal-says-what-there-is',
    title: 'who asks for a channel that is not there is told which there are',
    level: 'should',
    needs: [],
    file: 'subscription.ts',
    docs,
    async run(lab) {
      for (const { name, side, channel } of missingChannels(strategySides(lab))) {
        const thrown = await thrownBy(() =>
          side.make().subscriptionStrategy.plan({ channel, instruments: lab.instruments, candleIntervals: null }),
        )
        if (!(thrown instanceof StreamError)) continue
        const untold = side.channels.filter((has) => !thrown.message.includes(has))
        expectEqual(untold, [], `${name} does not tell which channels there are`, { got: thrown.message })
      }
    },
  },
  {
    id: 'plan.refusal-leaves-nothing',
    title: 'a request that is refused leaves nothing behind',
    level: 'must',
    needs: [],
    file: 'symbols.ts',
    docs: 'writing-an-adapter.md#instruments',
    async run(lab) {
      const [channel] = lab.publicChannels
      if (channel === undefined) skip('There is no channel of market data.')
      const planned = (
        set: ReturnType<typeof lab.publicSet>,
        instruments: readonly (typeof lab.instruments)[number][],
      ): string[] => set.subscriptionStrategy.plan({ channel, instruments, candleIntervals: null }).map(({ id }) => id)
      let tried = 0
      for (const [one, other] of spellingsToTry) {
        // Refused together, because one is refused or because they are spelt alike.
        const isRefused = (await thrownBy(() => planned(lab.publicSet(), [one, other]))) !== null
        if (!isRefused) continue
        tried += 1
        for (const alone of [one, other]) {
          const set = lab.publicSet()
          await thrownBy(() => planned(set, [one, other]))
          const fresh = await thrownBy(() => planned(lab.publicSet(), [alone]))
          const after = await thrownBy(() => planned(set, [alone]))
          expectTrue(
            (fresh === null) === (after === null),
            `after ${one} and ${other} were refused together, ${alone} alone is taken otherwise than in a new set`,
            { expected: fresh ?? 'a plan', got: after ?? 'a plan' },
          )
        }
        const set = lab.publicSet()
        await thrownBy(() => planned(set, [...lab.instruments, one, other]))
        expectEqual(
          planned(set, lab.instruments),
          planned(lab.publicSet(), lab.instruments),
          'after a refusal the other instruments mean other streams',
        )
      }
      if (tried === 0) skip(`${lab.definition.name} refuses no instrument that this check knows.`)
    },
  },
]

/** Each channel of ours that a kind of strategies does not have. */
function missingChannels(
  sides: readonly StrategySide[],
): readonly { readonly name: string; readonly side: StrategySide; readonly channel: Channel }[] {
  return sides.flatMap((side) =>
    channels
      .filter((channel) => !side.channels.includes(channel))
      .map((channel) => ({ name: side.name, side, channel })),
  )
}
