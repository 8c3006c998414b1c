import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { adviceOf } from '../src/alert/advice.js'
import { resolveAlertOptions } from '../src/alert/alert-options.js'
import { alertKinds } from '../src/model/alert.js'

const page = readFileSync(fileURLToPath(new URL('../../../docs/alerts.md', import.meta.url)), 'utf8')

/** Each section by its heading. */
const sections = new Map(page.split(/^## /m).map((text) => [text.split('\n')[0] ?? '', text]))

describe('docs/alerts.md', () => {
  test.each(alertKinds)('says of %s what it means, what is behind it, what to look at and what to do', (kind) => {
    const text = sections.get(kind) ?? ''
    for (const part of ['**Means', '**Usually behind it:**', '**Look at:**', '**Do:**']) expect(text).toContain(part)
  })

  test('has a row for each option with its default, which names the kinds that it is about', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| (\S+) \| ([^|]+) \|/gm)]
    const documented = Object.fromEntries(
      rows.map(([, name = '', value = '']) => [name, value.replaceAll(/[`,]/g, '')]),
    )
    const defaults = Object.entries(resolveAlertOptions()).map(([name, value]) => [
      name,
      Array.isArray(value) ? '[]' : `${value}`,
    ])
    expect(documented).toEqual(Object.fromEntries(defaults))
    for (const [, name = '', , about = ''] of rows) {
      const kind = /^\[([\w-]+)\]\(#\1\)$/.exec(about)?.[1]
      if (kind !== undefined) expect(sections.get(kind)).toContain(`\`${name}\``)
    }
  })
})

test('each kind says what to do, and names the exchange where it names a command', () => {
  for (const kind of alertKinds) {
    const advice = adviceOf(kind, 'acme_spot')
    expect(advice).toMatch(/\.$/)
    expect(advice).not.toContain('{')
    if (advice.includes('tapewire doctor')) expect(advice).toContain('`tapewire doctor acme_spot`')
  }
})
