import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mutate, workspace } from 'tapewire-mutants'
import { describe, expect, it } from 'vitest'
import { mutations } from '../src/self-test/mutations.js'
import type { SimulationMutation } from '../src/self-test/simulation-mutation.js'
import { tryMutation } from '../src/self-test/try-mutation.js'

const named = (name: string): SimulationMutation =>
  mutations.find((mutation) => mutation.name === name) as SimulationMutation

describe('the self-test', () => {
  it('has at least 25 ways to break the code, each with a name of its own', () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
    expect(mutations.length).toBeGreaterThanOrEqual(25)
  })

  it.each(mutations)('still finds what it breaks: $name', (mutation) => {
    const text = readFileSync(join(workspace, mutation.file), 'utf8')
    expect(mutate(mutation, text)).not.toBe(text)
  })

  it.each(['no replay', 'gap not told', 'close leaves a timer'])(
    'catches the code broken, in a process of its own: %s',
    { timeout: 120_000 },
    async (name) => {
      expect(await tryMutation(named(name), 60)).toMatchObject({ watch: expect.any(String), seed: expect.any(Number) })
    },
  )
})
