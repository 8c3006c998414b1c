import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CliError } from '../../cli-error.js'
import type { GeneratedFile } from './template.js'

/**
 * Writes a package into a folder that is not there yet, whole or not at all: it gets its name when everything is in it. Rejects with `ERR_FOLDER_EXISTS`, and with
 * `ERR_OUTPUT_FAILED` where the system does not let it be written.
 */
export async function writePackage(folder: string, files: readonly GeneratedFile[]): Promise<void> {
  const target = resolve(folder)
  if (await exists(target)) throw folderExists(folder)
  const part = `${target}.part-${process.pid}`
  try {
    for (const { path, content } of files) {
      const file = join(part, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
    }
    await rename(part, target)
  } catch (cause) {
    // What could not be made may not be removable either: the reason of the first is the one to tell.
    await rm(part, { recursive: true, force: true }).catch(() => {})
    if (await exists(target)) throw folderExists(folder)
    throw new CliError(
      'ERR_OUTPUT_FAILED',
      `${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Check that its parent folder may be written to, and that there is room.',
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function folderExists(folder: string): CliError {
  return new CliError(
    'ERR_FOLDER_EXISTS',
    `${folder} is there already.`,
    'Nothing was written. Name another with --dir.',
  )
}
