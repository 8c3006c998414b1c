import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Files, SmallWorkspace, tools } from './support/small-workspace.js'

const manifest = { name: 'one', version: '1.0.0', type: 'module', exports: { '.': entry('index') }, files: ['dist'] }
const made: SmallWorkspace[] = []

afterEach(() => {
  for (const workspace of made.splice(0)) workspace.remove()
})

function entry(name: string): object {
  return { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` }
}

/** A workspace of one package that was built. */
function workspace(files: Files): SmallWorkspace {
  const one = new SmallWorkspace({ 'packages/one/package.json': JSON.stringify(manifest), ...files })
  made.push(one)
  return one
}

/** How a check of the workspace ends there, and all that it says. */
async function check(
  tool: string,
  where: SmallWorkspace,
  ...words: readonly string[]
): Promise<{ readonly code: number | null; readonly said: string }> {
  const { code, stdout, stderr } = await where.node(join(tools, tool), ['--root', where.folder, ...words])
  return { code, said: stdout + stderr }
}

describe('the report of the surface', { timeout: 60_000 }, () => {
  it('fails with what has changed, and says what to run', async () => {
    const root = workspace({
      'packages/one/dist/index.d.ts': 'export declare function two(): number;\n',
      'etc/one.api.md': 'export function one(): number;\n',
      'etc/two.api.md': 'of an entry that is gone\n',
    })
    const { code, said } = await check('api-report.mjs', root)
    expect(code).toBe(1)
    expect(said).toContain('--- etc/one.api.md\n+++ now/one.api.md\n')
    expect(said).toContain('\n-export function one(): number;\n')
    expect(said).toContain('\n+export function two(): number;\n')
    expect(said).toContain('\n-of an entry that is gone\n')
    expect(said).toContain('npm run api:update')
  })
})

describe('the limits of size', { timeout: 60_000 }, () => {
  it('fail with what has outgrown its limit and what that is made of, and say what to run, which allows it', async () => {
    const files = {
      'packages/one/dist/index.js': "export { two } from './two.js'\nexport const three = () => import('./three.js')\n",
      'packages/one/dist/two.js': `export const two = ${JSON.stringify(randomBytes(2_000).toString('base64'))}\n`,
      'packages/one/dist/three.js': 'export const three = 3\n',
    }
    const limits = { 'one (tarball)': 10_000, one: 1_500, 'one/adapter': 100 }
    const root = workspace({ ...files, 'tools/size-limits.json': JSON.stringify(limits) })
    const { code, said } = await check('check-sizes.mjs', root)
    expect(code).toBe(1)
    expect(said).toMatch(
      /^one has 2\.\d kB, and may have 1\.5 kB: dist\/two\.js 2\.\d kB, dist\/index\.js 0\.1 kB, dist\/three\.js 0\.\d kB$/m,
    )
    expect(said).toContain('one/adapter has a limit, and is not there.\n')
    expect(said).not.toContain('one (tarball) has')
    expect(said).toContain('npm run size:update')
    expect(await check('check-sizes.mjs', root, '--update')).toMatchObject({ code: 0 })
    const allowed = JSON.parse(readFileSync(join(root.folder, 'tools/size-limits.json'), 'utf8'))
    // What still held stays; what was outgrown is a tenth above what there is; what is not there is gone.
    expect(allowed).toEqual({ 'one (tarball)': 10_000, one: expect.any(Number) })
    expect(allowed.one).toBeGreaterThan(2_200)
  })
})
