import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult, type IModule, type IViolation } from 'dependency-cruiser'
import ts from 'typescript'
import { CORE_LAYERS, RULES } from './architecture.js'
import { placeOf, readSources, type SourceFile } from './source-files.js'

const EXCHANGE_NAMES = /mexc|gate\.?io/i

/** Where the machine's time and chance are read; everything else is given a clock and a source of chance. */
const CLOCK = 'packages/core/src/clock/clock.ts'
/** Watches adapters for reads past `env`, and so has to name what they would read. */
const DOOR_WATCH = 'packages/testkit/src/conformance/lab/door-watch.ts'

/** The machine's own time and chance. Turns of the event loop (`setImmediate`, `queueMicrotask`) are none, and keys are not chance. */
const TIME_AND_CHANCE =
  /\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bhrtime\b|\bMath\.random\b|\bAbortSignal\.timeout\b|(?<![.\w])set(?:Timeout|Interval)\b|\bnode:timers\b/

/** Everything below `root` that breaks the workspace's architecture, one readable line each; empty when all is well. */
export async function findViolations(root: string): Promise<readonly string[]> {
  const { modules, summary } = await readImports(root)
  const lines = [
    ...readSources(root).flatMap(objectionsToText),
    ...summary.violations.map(lineOf),
    ...findRoomCycles(modules),
  ]
  return lines.sort()
}

async function readImports(root: string): Promise<ICruiseResult> {
  const { output } = await cruise(
    ['packages', 'integration', 'benchmarks', 'mutants', 'release', 'simulation', 'examples'],
    {
      baseDir: root,
      doNotFollow: { path: ['(^|/)(?:node_modules|dist)/', '/[.]peers/'] },
      // Templates are parts of packages that are yet to be: they are checked where one was made of them.
      exclude: { path: '^packages/[^/]+/templates/' },
      ruleSet: { forbidden: RULES },
      validate: true,
      skipAnalysisNotInRules: true,
      // Imports of types too, which are gone once compiled.
      tsPreCompilationDeps: true,
    },
    { alias: entriesOf(root), conditionNames: ['types', 'import', 'node', 'default'], exportsFields: ['exports'] },
  )
  if (typeof output === 'string') throw new TypeError('dependency-cruiser answered with text in place of its result')
  return output
}

/** The sources of our packages' entries; a name that ends in `$` stands for itself only, not for what is below it. */
function entriesOf(root: string): Record<string, string> {
  const file = join(root, 'tsconfig.base.json')
  const { config } = ts.parseConfigFileTextToJson(file, readFileSync(file, 'utf8'))
  const paths: Record<string, [string]> = config.compilerOptions.paths
  return Object.fromEntries(Object.entries(paths).map(([name, [source]]) => [`${name}$`, join(root, source)]))
}

/** What the text of a file says, whatever it imports. */
function objectionsToText({ path, text }: SourceFile): readonly string[] {
  const place = placeOf(path)
  if (place === null) return []
  const objections: string[] = []
  if (place.packageFolder === 'core') {
    if (EXCHANGE_NAMES.test(text)) objections.push(`core names no exchange, but its text matches ${EXCHANGE_NAMES}`)
    if (place.inside.includes('/') && !CORE_LAYERS.flat().includes(place.room)) {
      objections.push(`folder ${place.room} has no place in the layers of core`)
    }
  }
  const source = place.isTest || path === CLOCK || path === DOOR_WATCH ? null : TIME_AND_CHANCE.exec(text)
  if (source !== null) {
    objections.push(`time and chance come from a clock that is given, but its text has ${source[0]}`)
  }
  return objections.map((objection) => `${path}: ${objection}`)
}

function lineOf({ rule, from, to, unresolvedTo, cycle }: IViolation): string {
  const comment = RULES.find(({ name }) => name === rule.name)?.comment ?? rule.name
  const way = cycle === undefined ? '' : `: ${[from, ...cycle.map(({ name }) => name)].join(' -> ')}`
  return `${from} imports ${unresolvedTo ?? to}: ${comment}${way}`
}

/** A room is a folder directly below a package's `src`; dependency-cruiser knows circles of files and of whole trees of folders only. */
function findRoomCycles(modules: readonly IModule[]): readonly string[] {
  const imports = new Map<string, Set<string>>()
  for (const { source, dependencies } of modules) {
    const from = placeOf(source)
    if (!from || from.isTest) continue
    const name = `${from.packageFolder}/${from.room}`
    const targets = imports.get(name) ?? new Set()
    imports.set(name, targets)
    for (const { resolved } of dependencies) {
      const to = placeOf(resolved)
      if (to?.packageFolder === from.packageFolder && to.room !== from.room)
        targets.add(`${to.packageFolder}/${to.room}`)
    }
  }
  return cyclesIn(imports)
}

/** Depth-first walk; each cycle is named once, by the first way round that is found. */
function cyclesIn(imports: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const cycles: string[] = []
  const finished = new Set<string>()
  const visit = (room: string, trail: readonly string[]): void => {
    const start = trail.indexOf(room)
    if (start !== -1) {
      cycles.push(`folders import each other in a circle: ${[...trail.slice(start), room].join(' -> ')}`)
      return
    }
    if (finished.has(room)) return
    for (const target of imports.get(room) ?? []) visit(target, [...trail, room])
    finished.add(room)
  }
  for (const room of imports.keys()) visit(room, [])
  return cycles
}
