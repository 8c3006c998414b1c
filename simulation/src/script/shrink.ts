import type { Script, Step } from './script.js'

/** Whether a smaller script still goes wrong in the same way. */
export type StillFails = (script: Script) => Promise<boolean>

/** Runs that are spent at most on making a script smaller. */
const mostRuns = 250

/**
 * The smallest script that is found to go wrong in the same way: fewer steps, shorter ones, fewer pairs and channels, nothing configured that does not matter. Everything that is left
 * has been tried without.
 */
export async function shrink(script: Script, stillFails: StillFails): Promise<Script> {
  let runs = 0
  let smallest = script
  const take = async (candidate: Script): Promise<boolean> => {
    if (runs >= mostRuns) return false
    runs += 1
    if (!(await stillFails(candidate))) return false
    smallest = candidate
    return true
  }
  let size = ''
  while (size !== sizeOf(smallest) && runs < mostRuns) {
    size = sizeOf(smallest)
    await withoutSteps(() => smallest, take)
    for (const simpler of simplerThan(smallest)) {
      const candidate = simpler(smallest)
      if (candidate !== null) await take(candidate)
    }
  }
  return smallest
}

/** Takes out runs of steps, long ones first, and then one by one. */
async function withoutSteps(current: () => Script, take: (candidate: Script) => Promise<boolean>): Promise<void> {
  for (
    let length = Math.ceil(current().steps.length / 2);
    length >= 1;
    length = length === 1 ? 0 : Math.ceil(length / 2)
  ) {
    for (let start = current().steps.length - length; start >= 0; ) {
      const script = current()
      const steps = script.steps.filter((_, index) => index < start || index >= start + length)
      start -= (await take({ ...script, steps })) ? length : Math.max(1, Math.floor(length / 2))
    }
  }
}

/** Ways in which a script may be simpler; null where it is that simple already. */
function simplerThan({ config, first, steps }: Script): readonly ((script: Script) => Script | null)[] {
  return [
    (script) =>
      script.pairs > 1 && isWithinOnePair(script) ? { ...script, pairs: 1, first: ofOnePair(script) } : null,
    ...first.channels.map((channel) => (script: Script): Script | null => {
      const channels = script.first.channels.filter((one) => one !== channel)
      return channels.length === 0 || channels.length === script.first.channels.length
        ? null
        : { ...script, first: { ...script.first, channels } }
    }),
    (script) => (script.jitterMs === 0 ? null : { ...script, jitterMs: 0 }),
    (script) => (script.lifetimeMs === null ? null : { ...script, lifetimeMs: null }),
    (script) => (Object.keys(script.options).length === 0 ? null : { ...script, options: {} }),
    ...Object.keys(config).map((name) => (script: Script): Script | null => {
      if (!(name in script.config)) return null
      const { [name as keyof typeof script.config]: _, ...rest } = script.config
      return { ...script, config: rest }
    }),
    ...steps.map((_, index) => (script: Script): Script | null => {
      const step = script.steps[index]
      if (step === undefined || !('forMs' in step) || step.forMs <= 200) return null
      const shorter: Step = { ...step, forMs: Math.round(step.forMs / 2) }
      return { ...script, steps: script.steps.map((one) => (one === step ? shorter : one)) }
    }),
  ]
}

function isWithinOnePair({ steps }: Script): boolean {
  return steps.every((step) => !('pair' in step) || step.pair === 0)
}

function ofOnePair({ first }: Script): Script['first'] {
  return { ...first, pairs: first.pairs.length === 0 ? [] : [0] }
}

function sizeOf(script: Script): string {
  return JSON.stringify(script)
}
