import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A session; what stands beside one has a word more in its name: `session.rest.jsonl`. */
const session = /^[^.]+\.jsonl$/

/** The files that are meant: a folder means the sessions that lie in it, by name. */
export async function captureFiles(paths: readonly string[]): Promise<readonly string[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const isFolder = await stat(path).then(
        (found) => found.isDirectory(),
        // That it is not there is said where it is read.
        () => false,
      )
      if (!isFolder) return [path]
      const names = await readdir(path)
      return names
        .filter((name) => session.test(name))
        .sort()
        .map((name) => join(path, name))
    }),
  )
  return files.flat()
}
