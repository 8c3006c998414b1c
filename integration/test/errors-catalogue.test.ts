import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCodes, StreamError } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { anchorsOf } from '../src/documents.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { homepage } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as { homepage: string }
const page = { path: 'docs/errors.md', text: readFileSync(join(root, 'docs/errors.md'), 'utf8') }

/** Each heading of a code with the first words below it. */
const sections = [...page.text.matchAll(/^### (ERR_\w+)\n\nRetryable: (yes|no)\. (.+)$/gm)].map(
  ([, code = '', retryable, text = '']) => ({ code, retryable: retryable === 'yes', text }),
)

describe('docs/errors.md', () => {
  it('has one section for each error code, and no other', () => {
    expect(page.text.match(/^### .+$/gm)).toHaveLength(sections.length)
    expect(sections.map(({ code }) => code).sort()).toEqual(Object.keys(errorCodes).sort())
  })

  it('says of each whether it is retryable', () => {
    expect(Object.fromEntries(sections.map(({ code, retryable }) => [code, { retryable }]))).toEqual(errorCodes)
  })

  it('is where an error says that it is explained', () => {
    for (const { code } of sections) {
      const [address, anchor = ''] = new StreamError(code as keyof typeof errorCodes, 'x').docs.split('#')
      expect(address).toBe(`${homepage.replace(/#.*$/, '')}/blob/main/${page.path}`)
      expect(anchorsOf(page)).toContain(anchor)
    }
  })
})
