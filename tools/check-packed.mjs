// What would arrive of the package in the working directory: its manifest, every file that it names, and whether its entries load.
// Part of each package's `check:package`, beside publint and attw, which look at what the manifest says, not at how ranges come out.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faultsOfFiles } from './packed/files.mjs'
import { faultsOfLoading } from './packed/loading.mjs'
import { faultsOfManifest } from './packed/manifest.mjs'

const folder = mkdtempSync(join(tmpdir(), 'tapewire-packed-'))
try {
  const source = JSON.parse(readFileSync('package.json', 'utf8'))
  const packed = execFileSync('npx', ['-y', 'pnpm@10.34.9', 'pack', '--json', '--pack-destination', folder], {
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
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
