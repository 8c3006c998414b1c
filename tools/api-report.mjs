// What each entry of each package declares, written down in `etc`, so that a change of the surface is seen in the change that makes it:
// `npm run check:api` compares, `npm run api:update` writes. It reads the declarations that are published, so the packages are built before.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { entriesOf, home, publishedPackages } from './packages.mjs'

/** How the declarations are read: by settings of their own, so that what is written is the same on every machine. */
const compilerOptions = {
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: [join(home, 'node_modules/@types')],
}

const { values } = parseArgs({
  options: { update: { type: 'boolean', default: false }, root: { type: 'string', default: home } },
})
const root = resolve(values.root)
const kept = join(root, 'etc')
if (values.update) {
  rmSync(kept, { recursive: true, force: true })
  mkdirSync(kept)
  writeReports(kept)
} else {
  const made = mkdtempSync(join(tmpdir(), 'tapewire-api-'))
  try {
    writeReports(made)
    const difference = differenceOf(made)
    if (difference !== '') {
      process.stdout.write(difference)
      process.stderr.write('The surface is not what etc says. Where that is meant: npm run api:update\n')
      process.exitCode = 1
    }
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

function writeReports(reportFolder) {
  const configs = publishedPackages(root).flatMap(({ name, folder, manifest }) =>
    // Of core's `./adapter`: `core.adapter.api.md`.
    entriesOf(manifest).map(({ path, types }) =>
      configOf(folder, types, `${name}${path.slice(1).replaceAll('/', '.')}.api.md`, reportFolder),
    ),
  )
  const [first, ...others] = configs
  // One program for all takes half the time.
  const compilerState = CompilerState.create(first, {
    additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
  })
  for (const config of configs) {
    const errors = []
    const { errorCount } = Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback(message) {
        if (message.logLevel === 'error') errors.push(message.formatMessageWithLocation(root))
        message.handled = true
      },
    })
    if (errorCount > 0) throw new Error(`There is no ${config.reportFilePath}:\n${errors.join('\n')}`)
  }
}

function configOf(folder, types, reportFileName, reportFolder) {
  const mainEntryPointFilePath = join(folder, types)
  const configObject = {
    projectFolder: folder,
    mainEntryPointFilePath,
    newlineKind: 'lf',
    compiler: { overrideTsconfig: { compilerOptions, files: [mainEntryPointFilePath] } },
    apiReport: {
      enabled: true,
      // A type that no entry exports is seen all the same in whatever is made of it.
      includeForgottenExports: true,
      reportFileName,
      reportFolder,
      reportTempFolder: reportFolder,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: 'error' } },
      extractorMessageReporting: { default: { logLevel: 'none' } },
      tsdocMessageReporting: { default: { logLevel: 'none' } },
    },
  }
  return ExtractorConfig.prepare({ configObject, packageJsonFullPath: join(folder, 'package.json') })
}

/** As git shows it: files that came and went included. Empty where all is alike. */
function differenceOf(made) {
  const words = ['diff', '--no-index', '--no-prefix', '--no-renames', '--no-color', kept, made]
  const { stdout, status, stderr } = spawnSync('git', words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0 && status !== 1) throw new Error(`git could not compare: ${stderr}`)
  return stdout.replaceAll(made.slice(1), 'now').replaceAll(kept.slice(1), 'etc')
}
