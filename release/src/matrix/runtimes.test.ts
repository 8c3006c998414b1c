import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runtimes } from './runtimes.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
/** `Node 20.19`, `Bun 1.4` */
const lines = runtimes.map(({ name }) => name.split('.').slice(0, 2).join('.'))
const nodes = runtimes.filter(({ name }) => name.startsWith('Node ')).map(({ version }) => version)

describe('the runtimes of the matrix', () => {
  it('begin with the oldest Node that the packages ask for', () => {
    for (const name of readdirSync(join(root, 'packages'))) {
      const { engines } = JSON.parse(read(`packages/${name}/package.json`)) as { readonly engines: { node: string } }
      expect([name, `${engines.node}.0`]).toEqual([name, `>=${runtimes[0]?.version}`])
    }
  })

  it('are the ones that the pages name', () => {
    const table = read('docs/releases.md')
    for (const { name } of runtimes) expect(table).toContain(`| ${name} |`)
    for (const line of lines.filter((text) => !text.startsWith('Node '))) expect(read('README.md')).toContain(line)
    expect(read('README.md')).toContain('Node 20.19, 20.20, 22, 24 and 26')
  })

  it('are tried by CI, which runs the tests on every line of Node', () => {
    const workflow = read('.github/workflows/ci.yml')
    expect(workflow).toContain('npm run test:matrix')
    const [, listed = ''] = /node: \[(.+)\]/.exec(workflow) ?? []
    const known = listed.split(', ').map((text) => text.replaceAll('"', ''))
    for (const version of nodes) expect(known.some((one) => `${version}.`.startsWith(`${one}.`))).toBe(true)
  })
})
