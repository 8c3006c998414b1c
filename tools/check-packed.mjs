// What would arrive of the package in the working directory: its manifest, every file that it names, whether its entries load, and what publint and attw
// say of it, who look at what the manifest says, not at how ranges come out. It is packed once for all of them: each package's `check:package`.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { home, pnpm } from './packages.mjs'
import { faultsOfFiles } from './packed/files.mjs'
import { faultsOfLoading } from './packed/loading.mjs'
import { faultsOfManifest } from './packed/manifest.mjs'

/** What others say of a tarball, as they say it; whether they let it pass. */
function judgedBy(command, words) {
  const shell = process.platform === 'win32'
  return spawnSync(join(home, 'node_modules/.bin', command), words, { stdio: 'inherit', shell }).status === 0
}

const folder = mkdtempSync(join(tmpdir(), 'tapewire-packed-'))
try {
  const source = JSON.parse(readFileSync('package.json', 'utf8'))
  const packed = execFileSync(process.execPath, [pnpm, 'pack', '--json', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { filename, files } = JSON.parse(packed)
  const installed = join(folder, 'node_modules', source.name)
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', filename, '--strip-components=1', '-C', installed])
  const faults = [...faultsOfManifest(source), ...faultsOfFiles(installed, files)]
  // What is not there does not load either: the cause is enough.
  if (faults.length === 0) faults.push(...faultsOfLoading(installed, process.cwd()))
  for (const fault of faults) process.stderr.write(`${fault}\n`)
  const passes =
    faults.length === 0 &&
    judgedBy('publint', ['run', filename, '--strict']) &&
    // A command has no types.
    (source.exports === undefined || judgedBy('attw', ['--profile', 'esm-only', filename]))
  process.exitCode = passes ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
