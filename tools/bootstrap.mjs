// What a fresh clone needs before `npm test` (all dependencies), and before `npm run bench` and others (--build PACKAGE: that package built too, with all
// it depends on; --page: with the dashboard's page). --lean is for `npm start`: no more of the dependencies than it takes to build the package and run it,
// where nothing is installed yet.
// Plain Node without dependencies, because it runs before there are any. Speaks on stderr only, since stdout belongs
// to the command that follows, and says nothing when nothing is stale.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Progress } from './progress.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
/** Says what is installed: `all` or `lean`, and the fingerprint of the manifests that it was installed from. */
const stamp = join(modules, '.tapewire-installed')
// turbo runs the scripts of packages with the pnpm that it finds.
const PATH = [join(modules, '.bin'), process.env.PATH].join(delimiter)
const environment = { ...process.env, PATH, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }

/** The manifests whose change makes an installation stale. */
function manifests() {
  const folders = readdirSync(join(root, 'packages')).map((name) => join('packages', name))
  return ['.', ...folders, 'integration', 'benchmarks', 'mutants', 'release', 'simulation', 'examples']
    .map((folder) => join(folder, 'package.json'))
    .concat('pnpm-workspace.yaml', 'pnpm-lock.yaml')
    .filter((file) => existsSync(join(root, file)))
    .sort()
}

function fingerprint() {
  const hash = createHash('sha256')
  for (const file of manifests()) hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** Runs a command and shows `progress` of it, told line by line; its output comes on our stderr where it fails. */
function run(progress, command, commandArguments) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    const output = []
    const hear = (chunk) => {
      output.push(chunk)
      for (const line of chunk.toString().split('\n')) progress.hear(line)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
    child.on('close', (code) => {
      progress.end(code === 0)
      if (code === 0) return resolve()
      process.stderr.write(Buffer.concat(output))
      reject(new Error(`\`${command} ${commandArguments.join(' ')}\` ended with code ${code}`))
    })
  })
}

/** What pnpm says as it goes on, and what we make of it. */
const ofPnpm = /Progress: resolved (\d+), reused (\d+), downloaded (\d+), added \d+/

function packagesSoFar(line) {
  const [, resolved, reused, downloaded] = ofPnpm.exec(line) ?? []
  return resolved === undefined ? undefined : `${Number(reused) + Number(downloaded)} of ${resolved} packages`
}

/** An installation that has everything, by us or by hand, stays one: a lean one would take away what is only for the tests. */
function mayBeLean() {
  if (!existsSync(join(modules, '.pnpm'))) return true
  return existsSync(stamp) && readFileSync(stamp, 'utf8').startsWith('lean ')
}

async function install(lean, name) {
  const wanted = fingerprint()
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
  if (installed === `all ${wanted}` || (lean && installed === `lean ${wanted}`)) return
  const isLean = lean && mayBeLean()
  const flags = ['--frozen-lockfile', '--prefer-offline', '--reporter=append-only']
  // The one script is that of the hooks for commits, which come with the rest.
  if (isLean) flags.push('--prod', '--ignore-scripts', `--filter=${name}...`)
  const announcement = isLean ? 'installing what the demo needs' : 'installing all dependencies'
  const progress = new Progress(announcement, { note: packagesSoFar })
  await run(progress, 'npx', ['-y', 'pnpm@10.34.9', 'install', ...flags])
  writeFileSync(stamp, `${isLean ? 'lean' : 'all'} ${wanted}`)
}

const ofTurbo = /^(\S+):build:(js|page): .*success/

async function build(name, page) {
  const tasks = page ? ['build:js', 'build:page'] : ['build:js']
  const note = (line) => ofTurbo.exec(line)?.[1]
  // Silent for as long as it takes to see that nothing is stale.
  const progress = new Progress('building', { note, quietMs: 1_500 })
  await run(progress, join(modules, '.bin', 'turbo'), ['run', ...tasks, `--filter=${name}...`])
}

try {
  const { values } = parseArgs({
    options: { build: { type: 'string' }, page: { type: 'boolean' }, lean: { type: 'boolean' } },
  })
  await install(values.lean === true, values.build)
  if (values.build !== undefined) await build(values.build, values.page === true)
} catch (error) {
  process.stderr.write(`tapewire: ${error.message}\n`)
  process.exitCode = 1
}
