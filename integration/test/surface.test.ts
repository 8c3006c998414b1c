import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { exportedNames } from '../src/type-check.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entries = ['index', 'adapter', 'testing'].map((entry) => join(root, `packages/core/src/${entry}.ts`))

it('core has fewer than a hundred names for users, and each name in one entry', { timeout: 60_000 }, () => {
  const [forUsers = [], ...others] = exportedNames(root, entries)
  expect(forUsers.length).toBeLessThan(100)
  const all = [...forUsers, ...others.flat()]
  expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([])
})
