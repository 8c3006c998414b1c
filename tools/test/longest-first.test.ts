import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { byLength, longest } from '../longest-first.js'
import { tools } from './support/small-workspace.js'

describe('the order of test files', () => {
  it('begins with those that take longest, and leaves the others as they were', () => {
    const [first = '', second = ''] = longest
    const files = ['b.test.ts', second, 'a.test.ts', first].map((path) => ({ moduleId: `/workspace/${path}` }))
    expect(byLength(files).map(({ moduleId }) => moduleId)).toEqual(
      [first, second, 'b.test.ts', 'a.test.ts'].map((path) => `/workspace/${path}`),
    )
  })

  it('names files that are there', () => {
    expect(longest.filter((path) => !existsSync(join(tools, '..', path)))).toEqual([])
  })
})
