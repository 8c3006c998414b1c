import { type AdapterMutation, isOfEmulation } from './adapter-mutation.js'
import type { Answer } from './job.js'

/** What became of a broken adapter. */
export interface Verdict {
  readonly mutation: AdapterMutation
  readonly isCaught: boolean
  /** By what the check failed, or why it is not caught. */
  readonly words: string
}

/** Whether the check that a mutation names has failed it, and does not blame the emulation alone; of a broken emulation, that every check that failed names it. */
export function judge(mutation: AdapterMutation, answer: Answer): Verdict {
  if ('broken' in answer) return { mutation, isCaught: false, words: answer.broken }
  const named = answer.checks.find(({ id }) => id === mutation.check)
  if (named === undefined) return { mutation, isCaught: false, words: `there is no check ${mutation.check}` }
  if (named.status === 'pass') return { mutation, isCaught: false, words: 'the check passes' }
  if (named.status === 'skip') return { mutation, isCaught: false, words: `the check is skipped: ${named.reason}` }
  const blamed = named.failure?.file ?? ''
  if (!isOfEmulation(mutation) && blamed.startsWith('testing/'))
    return { mutation, isCaught: false, words: `the check blames ${blamed}: ${named.reason}` }
  if (isOfEmulation(mutation)) {
    const unjust = answer.checks.filter(
      ({ status, failure }) => status === 'fail' && failure?.file.includes('testing/') === false,
    )
    if (unjust.length > 0) {
      const words = unjust.map(({ id, failure, reason }) => `${id} blames ${failure?.file}: ${reason}`)
      return { mutation, isCaught: false, words: words.join('; ') }
    }
  }
  return { mutation, isCaught: true, words: named.reason ?? '' }
}
