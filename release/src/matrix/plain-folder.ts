import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { succeed } from '../command/run.js'
import { pnpmOf } from '../command/surroundings.js'

/** What the comparison is made with, and nothing else that is not ours. */
export const others = { ws: '^8.23.0' }

/**
 * Packs every package of the workspace at `root` as it is built, and installs them with npm into a new folder below `folder`: what users have. Resolves with that
 * folder; rejects where a package cannot be packed or installed.
 */
export async function installPlainly(root: string, folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs)
  const names = readdirSync(join(root, 'packages')).sort()
  for (const name of names) {
    // npm would leave `workspace:` in the ranges.
    const [command, pnpm] = pnpmOf(root)
    await succeed(command, [pnpm, 'pack', '--pack-destination', tarballs], {
      cwd: join(root, 'packages', name),
      environment,
    })
  }
  const plain = mkdtempSync(join(folder, 'plain-'))
  const manifest = { name: 'plain', private: true, type: 'module', dependencies: others }
  writeFileSync(join(plain, 'package.json'), JSON.stringify(manifest))
  const packed = readdirSync(tarballs).map((file) => join(tarballs, file))
  await succeed('npm', ['install', '--no-package-lock', '--prefer-offline', ...packed], { cwd: plain, environment })
  return plain
}
