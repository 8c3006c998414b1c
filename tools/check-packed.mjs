// What `npm publish` would send of the package in the working directory: its manifest as it would arrive, with every file that it names.
// Part of each package's `check:package`, beside publint and attw, which look at what the manifest says, not at how ranges come out.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'tapewire-packed-'))
const faults = []
try {
  const source = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const [name, range] of Object.entries(source.peerDependencies ?? {})) {
    // It would come out as the newest patch alone, and each release of core would be a major one of all that stand on it.
    if (range.startsWith('workspace:')) faults.push(`peerDependencies has ${name} at ${range}: write the range out`)
  }
  const packed = execFileSync('npx', ['-y', 'pnpm@10.34.9', 'pack', '--json', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { filename, files } = JSON.parse(packed)
  execFileSync('tar', ['-xzf', filename, '-C', folder])
  const read = (path) => readFileSync(join(folder, 'package', path), 'utf8')
  const manifest = JSON.parse(read('package.json'))
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
      if (/^(workspace|file|link):/.test(range)) faults.push(`${kind} has ${name} at ${range}, which no registry knows`)
    }
  }
  const present = new Set(files.map(({ path }) => path))
  for (const path of namedBy(manifest)) if (!present.has(path)) faults.push(`${path} is named, and not published`)
  for (const path of present) {
    if (path.endsWith('.js.map')) faults.push(...faultsOfMap(path, JSON.parse(read(path)), present))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.exitCode = faults.length === 0 ? 0 : 1

/** The files that a manifest names: entries, types, commands. */
function namedBy({ exports = {}, bin = {} }) {
  const found = []
  const walk = (value) => {
    if (typeof value === 'string') found.push(value.replace(/^\.\//, ''))
    else for (const inner of Object.values(value)) walk(inner)
  }
  walk(exports)
  walk(bin)
  return found
}

/** A map that holds no source must name files that are there, or a debugger shows nothing. */
function faultsOfMap(path, { sources, sourcesContent = [] }, present) {
  return sources.flatMap((source, index) => {
    if (typeof sourcesContent[index] === 'string') return []
    const named = new URL(source, `file:///${path}`).pathname.slice(1)
    return present.has(named) ? [] : [`${path} points at ${source}, which is not published`]
  })
}
