import { type Import, importsOf, type Place, placeOf, type SourceFile } from './source-graph.js'

/**
 * The layers of core, from the top down. A folder imports only folders of lower layers; folders that share a layer do
 * not meet, except where `CORE_NEIGHBOURS` says so. Files directly in `src` are package entries and stand above all.
 */
export const CORE_LAYERS: readonly (readonly string[])[] = [
  ['factory'],
  ['manager'],
  ['book'],
  ['pipeline', 'connection', 'subscription'],
  ['strategy'],
  ['decode'],
  ['ring', 'metrics', 'config'],
  ['model', 'errors', 'clock'],
]

/** The vocabulary refuses what is not in it, so it may throw errors; errors speak plain text. */
const CORE_NEIGHBOURS: ReadonlySet<string> = new Set(['model -> errors'])

const EXCHANGE_NAMES = /mexc|gate\.?io/i

/** Everything in `files` that breaks the workspace's architecture, one readable line each; empty when all is well. */
export function findViolations(files: readonly SourceFile[]): readonly string[] {
  const violations: string[] = []
  const roomImports = new Map<string, Set<string>>()
  for (const file of files) {
    const place = placeOf(file.path)
    if (!place) continue
    if (place.packageFolder === 'core' && EXCHANGE_NAMES.test(file.text)) {
      violations.push(`${file.path}: core names no exchange, but its text matches ${EXCHANGE_NAMES}`)
    }
    for (const imported of importsOf(file)) {
      const objection = objectionTo(place, imported)
      if (objection) violations.push(`${file.path} imports ${imported.specifier}: ${objection}`)
      recordRoomImport(roomImports, place, imported)
    }
  }
  return [...violations, ...findRoomCycles(roomImports)]
}

function objectionTo(place: Place, imported: Import): string | null {
  if (imported.target === null) return objectionToPackage(place, imported.specifier)
  if (place.isTest && imported.target.startsWith(`packages/${place.packageFolder}/test/`)) return null
  const target = placeOf(imported.target)
  if (!target || target.packageFolder !== place.packageFolder)
    return 'a relative import stays inside its own src folder'
  if (place.isTest) return null
  if (target.isTest) return 'source does not import tests'
  if (place.packageFolder === 'core') return objectionToCoreImport(place, target)
  if (isAdapter(place.packageFolder) && target.room === 'testing' && place.room !== 'testing') {
    return 'what an adapter ships for tests is not part of the adapter'
  }
  return null
}

function objectionToPackage(place: Place, specifier: string): string | null {
  const target = workspaceFolder(specifier)
  if (target === null || target === place.packageFolder || place.packageFolder === 'cli') return null
  if (place.packageFolder === 'core') return 'core imports no other package'
  if (target === 'core') return null
  if (place.packageFolder === 'testkit') return 'testkit imports core only'
  if (isAdapter(target)) return 'adapters never meet each other'
  if (target === 'testkit' && (place.isTest || place.room === 'testing')) return null
  return 'an adapter imports core only; testkit belongs in its tests and its ./testing entry'
}

function objectionToCoreImport(place: Place, target: Place): string | null {
  const isEntry = !place.inside.includes('/')
  if (!isEntry && !target.inside.includes('/')) return 'a package entry stands above every folder'
  if (isEntry || place.room === target.room || CORE_NEIGHBOURS.has(`${place.room} -> ${target.room}`)) return null
  const from = CORE_LAYERS.findIndex((layer) => layer.includes(place.room))
  const to = CORE_LAYERS.findIndex((layer) => layer.includes(target.room))
  if (from === -1) return `folder ${place.room} has no place in the layers of core`
  if (to === -1) return `folder ${target.room} has no place in the layers of core`
  if (from === to) return `${place.room} and ${target.room} share a layer and do not import each other`
  return to > from ? null : `imports point down only, and ${target.room} stands above ${place.room}`
}

function isAdapter(packageFolder: string): boolean {
  return packageFolder.startsWith('exchange-')
}

/** The folder of a workspace package, whichever of its entries is named; null for any other module. */
function workspaceFolder(specifier: string): string | null {
  if (specifier === 'tapewire' || specifier.startsWith('tapewire/')) return 'cli'
  return /^@tapewire\/([^/]+)/.exec(specifier)?.[1] ?? null
}

function recordRoomImport(roomImports: Map<string, Set<string>>, place: Place, imported: Import): void {
  const target = imported.target === null ? null : placeOf(imported.target)
  if (!target || place.isTest || target.packageFolder !== place.packageFolder || target.room === place.room) return
  const from = `${place.packageFolder}/${place.room}`
  const targets = roomImports.get(from) ?? new Set()
  roomImports.set(from, targets.add(`${target.packageFolder}/${target.room}`))
}

/** Depth-first walk; each cycle is named once, by the first way round that is found. */
function findRoomCycles(roomImports: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const cycles: string[] = []
  const finished = new Set<string>()
  const visit = (room: string, trail: readonly string[]): void => {
    const start = trail.indexOf(room)
    if (start !== -1) {
      cycles.push(`folders import each other in a circle: ${[...trail.slice(start), room].join(' -> ')}`)
      return
    }
    if (finished.has(room)) return
    for (const target of roomImports.get(room) ?? []) visit(target, [...trail, room])
    finished.add(room)
  }
  for (const room of roomImports.keys()) visit(room, [])
  return cycles
}
