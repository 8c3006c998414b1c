import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../cli-error.js'

/** The captures that these paths mean: files as they are, and of a folder every capture in it, REST answers beside them left out. Rejects with `ERR_USAGE`. */
export async function captureFiles(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = []
  for (const path of paths) {
    const found = await stat(path).catch(() => null)
    if (found === null) throw usageError(`There is no ${path}.`, 'Name captures, or folders that hold some.')
    if (!found.isDirectory()) {
      files.push(path)
      continue
    }
    const inside = (await readdir(path)).filter((name) => /(?<!\.rest)\.jsonl(\.gz)?$/.test(name)).sort()
    if (inside.length === 0)
      throw usageError(`There is no capture in ${path}.`, 'Captures are files that end in .jsonl.')
    files.push(...inside.map((name) => join(path, name)))
  }
  return files
}
