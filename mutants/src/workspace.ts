import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The workspace that this file, as source or built, belongs to. */
export const workspace: string = rootAbove(fileURLToPath(import.meta.url))

function rootAbove(path: string): string {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder
  }
  throw new Error(`There is no workspace above ${path}.`)
}
