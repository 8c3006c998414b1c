import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conformanceChecks } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { adapterMutations } from '../src/conformance/mutations/all-mutations.js'
import { scoreOf } from '../src/conformance/score.js'
import { mutate } from '../src/mutation.js'
import { workspace } from '../src/workspace.js'

describe('mutants of the adapters', () => {
  it('have a name of their own each', () => {
    const names = adapterMutations.map(({ exchange, name }) => `${exchange}: ${name}`)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(adapterMutations)('still find what they break, and a check there is: $exchange, $name', (mutation) => {
    const text = readFileSync(join(workspace, mutation.file), 'utf8')
    expect(mutate(mutation, text)).not.toBe(text)
    expect(conformanceChecks.map(({ id }) => id)).toContain(mutation.check)
  })

  it('are run in a process of their own, and caught', { timeout: 120_000 }, async () => {
    const chosen = adapterMutations.filter(({ check }) => check === 'plan.same-objects')
    expect(chosen).not.toEqual([])
    const verdicts = await scoreOf(chosen, () => {})
    expect(verdicts.filter(({ isCaught }) => !isCaught)).toEqual([])
  })

  it('say so where a mutation has lost what it breaks', () => {
    const lost = { name: 'lost', file: 'somewhere.ts', find: 'nowhere', replace: '' }
    expect(() => mutate(lost, 'text')).toThrow('The mutation "lost" finds what it breaks 0 times in somewhere.ts')
  })
})
