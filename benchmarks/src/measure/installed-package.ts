import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Packs a package of this workspace as it would be published; returns the archive. */
export function packPackage(folder: string, target: string): string {
  mkdirSync(target, { recursive: true })
  const output = run('npx', ['-y', 'pnpm@10.34.9', 'pack', '--json', '--pack-destination', target], folder)
  return (JSON.parse(output) as { readonly filename: string }).filename
}

/** Installs archives or packages by name, with their dependencies, into a folder of its own. */
export function installPackages(folder: string, packages: readonly string[]): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...packages], folder)
}

/** How long the modules take to import, one after the other, in a new process. */
export function importMilliseconds(folder: string, modules: readonly string[]): number {
  const imports = modules.map((name) => `await import('${name}')`).join('; ')
  const script = `const startedAt = performance.now(); ${imports}; console.log(performance.now() - startedAt); process.exit()`
  return Number(run(process.execPath, ['--input-type=module', '--eval', script], folder))
}

/** All files of a `node_modules`, and how many packages they are. */
export function folderSize(folder: string): {
  readonly bytes: number
  readonly packages: number
  readonly files: number
} {
  let bytes = 0
  let packages = 0
  let files = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    bytes += statSync(join(entry.parentPath, entry.name)).size
    files += 1
    // The manifest of a package, not one of those that some packages keep in subfolders.
    if (entry.name === 'package.json' && /node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+$/.test(entry.parentPath))
      packages += 1
  }
  return { bytes, packages, files }
}

function run(command: string, commandArguments: readonly string[], folder: string): string {
  return execFileSync(command, commandArguments, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
