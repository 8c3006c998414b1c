import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is missing among the files of a package that was packed: entries, types, commands, and the sources of its maps. */
export function faultsOfFiles(installed, files) {
  const read = (path) => JSON.parse(readFileSync(join(installed, path), 'utf8'))
  const present = new Set(files.map(({ path }) => path))
  return [
    ...namedBy(read('package.json'))
      .filter((path) => !present.has(path))
      .map((path) => `${path} is named, and not published`),
    ...[...present]
      .filter((path) => path.endsWith('.js.map'))
      .flatMap((path) => faultsOfMap(path, read(path), present)),
  ]
}

/** The files that a manifest names. */
function namedBy({ exports = {}, bin = {} }) {
  const found = []
  const walk = (value) => {
    if (typeof value === 'string') found.push(value.replace(/^\.\//, ''))
    else for (const inner of Object.values(value)) walk(inner)
  }
  walk(exports)
  walk(bin)
  return found
}

/** A map that holds no source must name files that are there, or a debugger shows nothing. */
function faultsOfMap(path, { sources, sourcesContent = [] }, present) {
  return sources.flatMap((source, index) => {
    if (typeof sourcesContent[index] === 'string') return []
    const named = new URL(source, `file:///${path}`).pathname.slice(1)
    return present.has(named) ? [] : [`${path} points at ${source}, which is not published`]
  })
}
