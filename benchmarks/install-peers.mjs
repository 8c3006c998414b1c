// Installs the clients that the benchmarks compare with, each into a folder of its own below `.peers`, which git does not see. Nothing depends on them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Exact versions, so that two people compare with the same thing; with what each needs for the exchanges that are measured. */
const peers = {
  ccxt: { ccxt: '4.5.84', protobufjs: '7.6.6' },
  'gateio-api': { 'gateio-api': '1.6.4' },
  'tardis-dev': { 'tardis-dev': '13.35.3' },
}

for (const [name, dependencies] of Object.entries(peers)) {
  const folder = fileURLToPath(new URL(`.peers/${name}/`, import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}package.json`, `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`)
  // Imports resolve from here, by the rules of whoever installs the package.
  writeFileSync(`${folder}entry.mjs`, `export * as peer from '${name}'\n`)
  console.log(`Installing ${name} …`)
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
}
