import { readFileSync } from 'node:fs'

/** A file of this package, by its path in it. Source and build both lie one folder below its `package.json`. */
export function packageFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url)
}

/** Of the command. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version
}
