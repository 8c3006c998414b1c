// `npm run check:changesets [-- BASE]`: fails where what users get was changed since the base and no changeset says so. Without a base to compare with
// (main itself, a clone without history) it says that, and passes.
import { execFileSync, spawnSync } from 'node:child_process'

function git(...words) {
  try {
    return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

const commitOf = (name) => git('rev-parse', '--verify', '--quiet', `${name}^{commit}`)

const named = process.argv[2]
const base = named ?? ['origin/main', 'main'].find((name) => commitOf(name) !== undefined)
if (named !== undefined && commitOf(named) === undefined) {
  process.stderr.write(`there is no commit ${named} to compare with\n`)
  process.exitCode = 1
} else if (base === undefined || git('merge-base', base, 'HEAD') === undefined) {
  process.stdout.write('not compared: this clone has no main\n')
} else if (commitOf(base) === commitOf('HEAD')) {
  process.stdout.write(`not compared: this is ${base}\n`)
} else {
  const { status } = spawnSync('npx', ['changeset', 'status', `--since=${base}`], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    process.stderr.write(
      `compared with ${base}. What nobody who upgrades can notice takes an empty one: npm run changeset -- --empty\n`,
    )
    process.exitCode = 1
  }
}
