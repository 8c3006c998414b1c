import { channels, type Stream } from '@tapewire/core'
import type { ConformanceCheck } from '../check.js'
import { expectEqual, expectTrue } from '../check-failure.js'
import type { Lab } from '../lab/lab.js'

const docs = 'writing-an-adapter.md#streams'

/** Which streams a request means. */
export const planChecks: readonly ConformanceCheck[] = [
  {
    id: 'plan.same-objects',
    title: 'the same request means the same stream objects',
    level: 'must',
    needs: [],
    file: 'streams.ts',
    docs,
    run(lab) {
      for (const { scope, plan } of planners(lab)) {
        const first = plan()
        const second = plan()
        expectTrue(
          first.length === second.length && first.every((stream, place) => stream === second[place]),
          `planning the ${scope} channels twice gives other stream objects the second time`,
          { expected: first.map(({ id }) => id), got: second.map(({ id }) => id) },
        )
      }
    },
  },
  {
    id: 'plan.ids-are-unique',
    title: 'no two streams have one id, and no stream comes twice',
    level: 'must',
    needs: [],
    file: 'streams.ts',
    docs,
    run(lab) {
      for (const { scope, plan } of planners(lab)) {
        const planned = [...new Set(plan())]
        const ids = planned.map(({ id }) => id)
        expectEqual([...new Set(ids)], ids, `two of the ${scope} streams have the same id`)
      }
    },
  },
]

/** Plans every channel of a scope for every instrument of the lab, on strategies of its own. */
function planners(lab: Lab): readonly { readonly scope: string; readonly plan: () => readonly Stream[] }[] {
  const market = { scope: 'public', set: lab.publicSet(), wanted: lab.publicChannels as readonly string[] }
  const account = lab.hasAccount
    ? [{ scope: 'private', set: lab.accountSet(), wanted: lab.privateChannels as readonly string[] }]
    : []
  return [market, ...account].map(({ scope, set, wanted }) => ({
    scope,
    plan: () =>
      channels
        .filter((channel) => wanted.includes(channel))
        .flatMap((channel) =>
          set.subscriptionStrategy.plan({ channel, instruments: lab.instruments, candleIntervals: null }),
        ),
  }))
}
