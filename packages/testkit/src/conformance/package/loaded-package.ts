import { spawn } from 'node:child_process'
import { fail } from '../check-failure.js'
import type { PackageFolder } from './package-folder.js'

/** What one way of loading an entry came to: the names of the exchanges that it exports, or why it could not be loaded. */
export interface LoadedEntry {
  readonly entry: string
  readonly how: 'import' | 'require'
  readonly exchanges: readonly string[] | null
  readonly error: string | null
}

/** Loads each entry in both ways and prints, on a line of its own, what came of it: packages may print as well. */
const program = `
import { createRequire } from 'node:module'
const [name, ...entries] = process.argv.slice(2)
const require = createRequire(process.cwd() + '/package.json')
const namesIn = (found) => {
  const list = found.exchanges ?? found.emulations
  return Array.isArray(list) ? list.map((one) => String(one?.name ?? one?.exchange)) : null
}
const loaded = []
for (const entry of entries) {
  const specifier = entry === '.' ? name : name + entry.slice(1)
  for (const [how, load] of [['import', (what) => import(what)], ['require', require]]) {
    try {
      loaded.push({ entry, how, exchanges: namesIn(await load(specifier)), error: null })
    } catch (error) {
      loaded.push({ entry, how, exchanges: null, error: String(error?.message ?? error) })
    }
  }
}
console.log('\\nloaded ' + JSON.stringify(loaded))
`

/** Loads entries of a built package by its own name, in a process of its own: what this process has loaded must not help. */
export async function loadEntries(folder: PackageFolder, entries: readonly string[]): Promise<readonly LoadedEntry[]> {
  const { manifest, path } = folder
  // From standard input: what is given on the command line Deno takes for a script, which cannot import.
  const given = ['--no-warnings', '--input-type=module', '-', manifest.name ?? '', ...entries]
  const child = spawn(process.execPath, given, { cwd: path, stdio: 'pipe' })
  // A process that ends before it has read it says why by itself.
  child.stdin.on('error', () => {})
  child.stdin.end(program)
  let output = ''
  let trouble = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    trouble += text
  })
  await new Promise<void>((resolve, reject) => {
    child.once('close', () => resolve())
    child.once('error', reject)
  })
  const line = output.split('\n').find((text) => text.startsWith('loaded '))
  if (line === undefined)
    fail('a process that loads the package ends before it is loaded', { got: trouble.slice(0, 400) })
  return JSON.parse(line.slice('loaded '.length)) as readonly LoadedEntry[]
}
