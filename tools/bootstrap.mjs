// What a fresh clone needs before `npm test` (dependencies), and before `npm start` and `npm run bench` (--build PACKAGE…: those packages built too, with
// all they depend on).
// Plain Node without dependencies, because it runs before there are any. Speaks on stderr only, since stdout belongs
// to the command that follows, and says nothing when nothing is stale.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'node_modules', '.tapewire-installed')
const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }

/** How long a step stays quiet before it says what it is doing. */
const QUIET_MS = 1_000

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

/** Runs a command with its output on our stderr: all of it when it fails, none when it succeeds. */
function run(announcement, command, commandArguments) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    const timer = setTimeout(() => process.stderr.write(`tapewire: ${announcement}\n`), QUIET_MS)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      if (code === 0) return resolve()
      process.stderr.write(Buffer.concat(output))
      reject(new Error(`\`${command} ${commandArguments.join(' ')}\` ended with code ${code}`))
    })
  })
}

async function install() {
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const flags = ['--frozen-lockfile', '--prefer-offline']
  await run('installing dependencies', 'npx', ['-y', 'pnpm@10.34.9', 'install', ...flags])
  writeFileSync(stamp, wanted)
}

async function build(names) {
  const turbo = join(root, 'node_modules', '.bin', 'turbo')
  await run('building the packages', turbo, ['run', 'build', ...names.map((name) => `--filter=${name}...`)])
}

try {
  await install()
  const flag = process.argv.indexOf('--build')
  if (flag >= 0) await build(process.argv.slice(flag + 1))
} catch (error) {
  process.stderr.write(`tapewire: ${error.message}\n`)
  process.exitCode = 1
}
