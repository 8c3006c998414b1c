import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { entriesOf } from '../packages.mjs'

/** How long an entry may keep a process alive that only loads it, ms. */
const patienceMs = 60_000

/** Loads an entry both ways. They are one module, so what they give is one and the same. */
const program = `
import { createRequire } from 'node:module'
const [name] = process.argv.slice(1)
const imported = await import(name)
const required = createRequire(process.cwd() + '/index.js')(name)
if (Object.keys(imported).length === 0) throw new Error('It exports nothing.')
for (const key of Object.keys(imported)) if (imported[key] !== required[key]) throw new Error(key + ' is another one when required.')
`

/** Which entries and commands of a package that was packed do not run in plain Node, beside nothing but what its manifest asks for. */
export function faultsOfLoading(installed, workspaceFolder) {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const link = join(installed, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(workspaceFolder, 'node_modules', name), link, 'junction')
  }
  const run = (what, words) => {
    const options = { cwd: join(installed, '..'), encoding: 'utf8', timeout: patienceMs }
    const { status, stderr, error } = spawnSync(process.execPath, words, options)
    if (status === 0) return []
    return [`${what} does not run: ${error?.message ?? stderr.trim()}`]
  }
  return [
    ...entriesOf(manifest).flatMap(({ path }) => {
      const name = `${manifest.name}${path.slice(1)}`
      return run(name, ['--input-type=module', '--eval', program, name])
    }),
    ...Object.entries(manifest.bin ?? {}).flatMap(([command, script]) =>
      run(`the command ${command}`, [join(installed, script), '--version']),
    ),
  ]
}
