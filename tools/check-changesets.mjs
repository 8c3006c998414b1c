// `npm run check:changesets [-- BASE]`: fails where a changeset names a package that is not there, and where what users get was changed since the base and
// no changeset says so. Without a base to compare with (main itself, a clone without history) it says that, and does not compare.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { home, publishedPackages } from './packages.mjs'

const changesets = join(home, 'node_modules/@changesets/cli/bin.js')

function git(...words) {
  try {
    return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

const commitOf = (name) => git('rev-parse', '--verify', '--quiet', `${name}^{commit}`)

/** Changesets say it too, but only where there is something to compare with: on main it would be the release that fails. */
function faultsOfNames() {
  const names = publishedPackages('.').map(({ manifest }) => manifest.name)
  const files = existsSync('.changeset') ? readdirSync('.changeset').sort() : []
  return files
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .flatMap((file) => {
      const [, head = ''] = /^---\n(.*?)^---$/ms.exec(readFileSync(join('.changeset', file), 'utf8')) ?? []
      return [...head.matchAll(/^(['"]?)(.+?)\1\s*:/gm)]
        .filter(([, , name]) => !names.includes(name))
        .map(([, , name]) => `.changeset/${file} names ${name}, which is none of ${names.join(', ')}`)
    })
}

/** Whether what users get has a changeset where it was changed since `base`. */
function hasChangesets(base) {
  if (base === undefined || git('merge-base', base, 'HEAD') === undefined) {
    process.stdout.write('not compared: this clone has no main\n')
    return true
  }
  if (commitOf(base) === commitOf('HEAD')) {
    process.stdout.write(`not compared: this is ${base}\n`)
    return true
  }
  const { status } = spawnSync(process.execPath, [changesets, 'status', `--since=${base}`], { stdio: 'inherit' })
  if (status === 0) return true
  process.stderr.write(
    `compared with ${base}. What nobody who upgrades can notice takes an empty one: npm run changeset -- --empty\n`,
  )
  return false
}

const named = process.argv[2]
const faults = faultsOfNames()
for (const fault of faults) process.stderr.write(`${fault}\n`)
if (named !== undefined && commitOf(named) === undefined) {
  process.stderr.write(`there is no commit ${named} to compare with\n`)
  process.exitCode = 1
} else if (faults.length > 0) {
  process.exitCode = 1
} else {
  const base = named ?? ['origin/main', 'main'].find((name) => commitOf(name) !== undefined)
  process.exitCode = hasChangesets(base) ? 0 : 1
}
