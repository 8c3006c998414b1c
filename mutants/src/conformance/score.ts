import { availableParallelism } from 'node:os'
import { type AdapterMutation, isOfEmulation } from './adapter-mutation.js'
import { judge, type Verdict } from './judge.js'
import { Workshop } from './workshop.js'

/** Hears each verdict as it comes. */
export type OnVerdict = (verdict: Verdict, done: number) => void

/** Of so many broken adapters one has its emulation asked, which may not be blamed for it alone. */
const askedEach = 8

/**
 * Tries every mutation: the check it names has to fail the broken adapter, and must not fail the whole one. Of a broken emulation every check is run, since none may blame the
 * adapter.
 */
export async function scoreOf(
  mutations: readonly AdapterMutation[],
  onVerdict: OnVerdict,
): Promise<readonly Verdict[]> {
  const workshop = await Workshop.open()
  try {
    await assertWhole(workshop, mutations)
    const verdicts: Verdict[] = []
    const waiting = [...mutations]
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const ofEmulation = isOfEmulation(next)
        const only = ofEmulation ? null : [next.check]
        const asksEmulation = ofEmulation || mutations.indexOf(next) % askedEach === 0
        const verdict = judge(next, await workshop.run(next.exchange, next, { only, asksEmulation }))
        verdicts.push(verdict)
        onVerdict(verdict, verdicts.length)
      }
    }
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), mutations.length) }, work))
    return mutations.flatMap((mutation) => verdicts.find((verdict) => verdict.mutation === mutation) ?? [])
  } finally {
    await workshop.close()
  }
}

/** A check that fails a whole adapter says nothing of a broken one. */
async function assertWhole(workshop: Workshop, mutations: readonly AdapterMutation[]): Promise<void> {
  for (const exchange of new Set(mutations.map((mutation) => mutation.exchange))) {
    const checks = [
      ...new Set(mutations.filter((mutation) => mutation.exchange === exchange).map(({ check }) => check)),
    ]
    const answer = await workshop.run(exchange, null, { only: checks, asksEmulation: false })
    if ('broken' in answer) throw new Error(`${exchange} as it is cannot be checked: ${answer.broken}`)
    const failed = answer.checks.find(({ status }) => status !== 'pass')
    if (failed !== undefined) throw new Error(`${exchange} as it is does not pass ${failed.id}: ${failed.reason}`)
  }
}
