// How much of each package arrives, held against `tools/size-limits.json`: `npm run check:size`. What has outgrown its limit either loses that again, or gets
// a new one by `npm run size:update`, which is then a line of the change that made it grow. It measures what was built before.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { init, parse } from 'es-module-lexer'
import { entriesOf, home, publishedPackages } from './packages.mjs'

/** What browsers fetch, by package: each file by itself. */
const served = { cli: 'dist/page' }
/** A new limit leaves so much room. */
const room = 1.1

const { values } = parseArgs({
  options: { update: { type: 'boolean', default: false }, root: { type: 'string', default: home } },
})
const root = resolve(values.root)
const file = join(root, 'tools/size-limits.json')
await init
const measured = (await Promise.all(publishedPackages(root).map(measurePackage))).flat()
const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
const limits = values.update ? limitsFor(measured, before) : before
if (values.update) writeFileSync(file, `${JSON.stringify(limits, null, 2)}\n`)
const faults = [...measured.flatMap(faultOf), ...limitsOfNothing()]
for (const { name, bytes } of measured)
  process.stdout.write(`${name.padEnd(38)} ${kB(bytes).padStart(10)} of ${kB(limits[name] ?? 0)}\n`)
for (const fault of faults) process.stderr.write(`${fault}\n`)
if (faults.length > 0) process.stderr.write('Where that is meant: npm run size:update\n')
process.exitCode = faults.length === 0 ? 0 : 1

/** The tarball; of each entry and command all scripts that it may load, packed as a server would; of a page each file, likewise. */
async function measurePackage({ name, folder, manifest }) {
  const scripts = [
    ...entriesOf(manifest).map(({ path, script }) => [join(name, path), script]),
    ...Object.entries(manifest.bin ?? {}).map(([command, script]) => [`${name} (command ${command})`, script]),
  ]
  const pages = served[name] === undefined ? [] : readdirSync(join(folder, served[name])).sort()
  return [
    { name: `${name} (tarball)`, bytes: await sizeOfTarball(folder), parts: [] },
    ...scripts.map(([title, script]) => sumOf(title, folder, loadedBy(join(folder, script)))),
    ...pages.map((page) => sumOf(join(name, served[name], page), folder, [join(folder, served[name], page)])),
  ]
}

async function sizeOfTarball(folder) {
  const words = ['pack', '--json', '--dry-run', '--ignore-scripts', '--loglevel=error']
  const { stdout } = await promisify(execFile)('npm', words, { cwd: folder, shell: process.platform === 'win32' })
  return JSON.parse(stdout)[0].size
}

/** A script and all of the package that it imports, at once or later. */
function loadedBy(script, found = new Set()) {
  if (found.has(script)) return found
  found.add(script)
  for (const { n: specifier } of parse(readFileSync(script, 'utf8'))[0]) {
    if (specifier?.startsWith('.')) loadedBy(resolve(dirname(script), specifier), found)
  }
  return found
}

function sumOf(name, folder, files) {
  const parts = [...files].map((path) => ({
    path: relative(folder, path),
    bytes: gzipSync(readFileSync(path), { level: 9 }).length,
  }))
  return { name, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), parts }
}

/** Limits that still hold stay, or they would grow a little with each. */
function limitsFor(sizes, old) {
  return Object.fromEntries(
    sizes.map(({ name, bytes }) => [name, old[name] >= bytes ? old[name] : Math.ceil((bytes * room) / 100) * 100]),
  )
}

function faultOf({ name, bytes, parts }) {
  const limit = limits[name]
  if (limit === undefined) return [`${name} has ${kB(bytes)}, and no limit.`]
  if (bytes <= limit) return []
  const largest = parts
    .toSorted((one, other) => other.bytes - one.bytes)
    .map((part) => `${part.path} ${kB(part.bytes)}`)
  return [`${name} has ${kB(bytes)}, and may have ${kB(limit)}${largest.length > 0 ? `: ${largest.join(', ')}` : '.'}`]
}

function limitsOfNothing() {
  const names = measured.map(({ name }) => name)
  return Object.keys(limits)
    .filter((name) => !names.includes(name))
    .map((name) => `${name} has a limit, and is not there.`)
}

function kB(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`
}
