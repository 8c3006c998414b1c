import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export type ProcessName =
  | 'sender-process'
  | 'subject-process'
  | 'format-process'
  | 'book-process'
  | 'book-memory-process'
  | 'slice-process'
  | 'venue-process'
  | 'recovery-process'
  | 'redundancy-process'
  | 'tape-process'
  | 'encoding-process'
  | 'relay-publisher-process'
  | 'relay-consumer-process'
  | 'relay-member-process'

/** Whose code the processes of a measurement run: that of this checkout or of another, with the packages that are beside it there. */
export interface Build {
  /** Where the entries of the processes are, as JavaScript. */
  readonly folder: URL
}

const here: { folder: URL } = { folder: new URL('./', import.meta.url) }

/** This checkout: each process is an entry beside this file, once that is built. */
export const thisBuild: Build = here

/** For whoever runs this file from its source: where the processes of this checkout are instead. */
export function startFrom(folder: URL): void {
  here.folder = folder
}

/** Another checkout of the repository. Throws a `TypeError` where it is none, or is not built. */
export function buildIn(checkout: string): Build {
  const build: Build = { folder: pathToFileURL(`${resolve(checkout, 'benchmarks/dist')}/`) }
  if (existsSync(entryOf('subject-process', build))) return build
  throw new TypeError(
    `There are no built benchmarks in ${resolve(checkout)}; there, \`npx turbo run build\` makes them.`,
  )
}

/** The file of a process. */
export function entryOf(name: ProcessName, { folder }: Build): string {
  return fileURLToPath(new URL(`${name}.js`, folder))
}
