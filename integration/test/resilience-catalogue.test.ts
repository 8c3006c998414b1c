import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A row of the catalogue: what can go wrong, and where it is held. */
interface Scenario {
  readonly what: string
  readonly proofs: readonly { readonly file: string; readonly title: string }[]
}

/** Every row under a header whose last column names tests: `` `file`: title; `file`: title ``. */
function scenariosIn(page: string): readonly Scenario[] {
  const scenarios: Scenario[] = []
  for (const line of page.split('\n')) {
    const cells = line.startsWith('|') ? line.split('|').slice(1, -1) : []
    const [what = '', proofs = ''] = [cells[0]?.trim(), cells.at(-1)?.trim()]
    if (cells.length !== 4 || what === 'scenario' || /^-+$/.test(what)) continue
    const named = [...proofs.matchAll(/`([^`]+\.ts)`: (.*?)(?=; `|$)/g)]
    scenarios.push({ what, proofs: named.map(([, file = '', title = '']) => ({ file, title })) })
  }
  return scenarios
}

/** The parts of a title that its file spells out: a parameter’s value is in braces, what is left out is an ellipsis, and a colon stands between a group and its test. */
function partsOf(title: string): readonly string[] {
  return title
    .split(/…|: |[{}]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** The catalogue writes apostrophes and backticks as it likes. */
const plain = (text: string): string => text.replaceAll(/[’'`\\]/g, '')

describe('the catalogue of what can go wrong', () => {
  const scenarios = scenariosIn(readFileSync(join(root, 'docs/resilience.md'), 'utf8'))

  test('has eighty scenarios or more, each once', () => {
    const named = scenarios.map(({ what, proofs }) => `${what} ${JSON.stringify(proofs)}`)
    expect(named.length).toBeGreaterThanOrEqual(80)
    expect(new Set(named).size).toBe(named.length)
  })

  test('says of each what it is, by itself', () => {
    expect(scenarios.filter(({ what }) => what === '' || what.startsWith('…'))).toEqual([])
  })

  test('names a test for each, which is there', () => {
    const missing = scenarios.flatMap(({ what, proofs }) => {
      if (proofs.length === 0) return [`${what}: no test is named`]
      return proofs.flatMap(({ file, title }) => {
        const path = join(root, file)
        if (!existsSync(path)) return [`${what}: there is no ${file}`]
        const source = plain(readFileSync(path, 'utf8'))
        const parts = partsOf(title)
        if (parts.length === 0) return [`${what}: no title`]
        return parts
          .filter((part) => !source.includes(plain(part)))
          .map((part) => `${what}: ${file} says nothing of “${part}”`)
      })
    })
    expect(missing).toEqual([])
  })
})
