/** Where in an adapter's package something was thrown. */
export interface ThrownAt {
  /** The line of the stack as it is. */
  readonly line: string
  /** As the documentation names the files of an adapter: `streams.ts`, `parsers/trades.ts`, `testing/session.ts`; null where the package is bundled, and the line says nothing of it. */
  readonly file: string | null
}

/** A stack holds `at call (place:line:column)`, or `at place:line:column`. */
const frame = /(?:\(|at (?:async )?)([^()]+):\d+:\d+\)?$/
const notTheAdapter = /^node:|(?:^|\/)node_modules\/|(?:^|\/)packages\/(?:core|testkit|cli)\/|\.test\.[cm]?[jt]s$/
/** What called the kit is below this in a stack, and no adapter. */
const beneath = /\b(?:outcomeOf|runCheck)\b/
/** What a bundler writes. */
const bundled = /^(?:index|chunk)\b/

/**
 * The first line of a stack that is neither of core, of the kit nor of Node, of the error underneath first: core wraps what an adapter throws. Null where there is none.
 * `packageFolder`, where it is known, tells an adapter that is installed from other packages.
 */
export function thrownAt(thrown: unknown, packageFolder: string | null = null): ThrownAt | null {
  if (!(thrown instanceof Error)) return null
  const underneath = thrownAt(thrown.cause, packageFolder)
  if (underneath !== null) return underneath
  for (const line of (thrown.stack ?? '').split('\n')) {
    if (beneath.test(line)) break
    const place = frame
      .exec(line)?.[1]
      ?.replace(/^file:\/\//, '')
      .replaceAll('\\', '/')
    if (place !== undefined && isOfAdapter(place, packageFolder)) return { line: line.trim(), file: fileAt(place) }
  }
  return null
}

function isOfAdapter(place: string, packageFolder: string | null): boolean {
  const folder = packageFolder?.replaceAll('\\', '/').replace(/\/?$/, '/')
  const isInFolder = folder !== undefined && place.startsWith(folder)
  return !notTheAdapter.test(isInFolder ? place.slice(folder.length) : place)
}

function fileAt(place: string): string | null {
  const inPackage = /.*\/(?:src|dist)\/(.*)$/.exec(place)?.[1]
  if (inPackage === undefined) return null
  const named = /(?:^|\/)((?:(?:parsers|testing)\/)?[^/]+)$/.exec(inPackage)?.[1] ?? inPackage
  return bundled.test(named) ? null : named.replace(/\.[cm]?js$/, '.ts')
}
