import { spawnSync } from 'node:child_process'
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
