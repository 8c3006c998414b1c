import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const tools = fileURLToPath(new URL('../../tools', import.meta.url))
const manifest = { name: 'one', version: '1.0.0', type: 'module', exports: { '.': entry('index') }, files: ['dist'] }
const made: string[] = []

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function entry(name: string): object {
  return { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` }
}

/** A workspace of one package that was built. */
function workspace(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'tapewire-gates-'))
  made.push(root)
  const all = { 'packages/one/package.json': JSON.stringify(manifest), ...files }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** How a check of the workspace ends there, and all that it says. */
function check(tool: string, root: string): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(tools, tool), '--root', root], {
    encoding: 'utf8',
  })
  return { code: status, said: stdout + stderr }
}

describe('the report of the surface', { timeout: 60_000 }, () => {
  it('fails with what has changed, and says what to run', () => {
    const root = workspace({
      'packages/one/dist/index.d.ts': 'export declare function two(): number;\n',
      'etc/one.api.md': 'export function one(): number;\n',
      'etc/two.api.md': 'of an entry that is gone\n',
    })
    const { code, said } = check('api-report.mjs', root)
    expect(code).toBe(1)
    expect(said).toContain('--- etc/one.api.md\n+++ now/one.api.md\n')
    expect(said).toContain('\n-export function one(): number;\n')
    expect(said).toContain('\n+export function two(): number;\n')
    expect(said).toContain('\n-of an entry that is gone\n')
    expect(said).toContain('npm run api:update')
  })
})

describe('the limits of size', { timeout: 60_000 }, () => {
  it('fail with what has outgrown its limit and what that is made of, and say what to run', () => {
    const files = {
      'packages/one/dist/index.js': "export { two } from './two.js'\nexport const three = () => import('./three.js')\n",
      'packages/one/dist/two.js': `export const two = ${JSON.stringify(randomBytes(2_000).toString('base64'))}\n`,
      'packages/one/dist/three.js': 'export const three = 3\n',
    }
    const limits = { 'one (tarball)': 10_000, one: 1_500, 'one/adapter': 100 }
    const { code, said } = check(
      'check-sizes.mjs',
      workspace({ ...files, 'tools/size-limits.json': JSON.stringify(limits) }),
    )
    expect(code).toBe(1)
    expect(said).toMatch(
      /^one has 2\.\d kB, and may have 1\.5 kB: dist\/two\.js 2\.\d kB, dist\/index\.js 0\.1 kB, dist\/three\.js 0\.\d kB$/m,
    )
    expect(said).toContain('one/adapter has a limit, and is not there.\n')
    expect(said).not.toContain('one (tarball) has')
    expect(said).toContain('npm run size:update')
  })
})
