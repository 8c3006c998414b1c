// `npm run check:audit`: fails where a dependency that runs at our users', or in `npm start`, has a known vulnerability. A registry that answers no audit
// (mirrors do not, nor does any without a network) is told as such, and fails nothing: it says nothing about the change.
import { spawnSync } from 'node:child_process'
import { pnpm } from './packages.mjs'

const { stdout, stderr, error } = spawnSync(
  process.execPath,
  [pnpm, 'audit', '--prod', '--json', ...process.argv.slice(2)],
  { encoding: 'utf8', timeout: 120_000 },
)

/** What pnpm printed. */
function answer() {
  try {
    return JSON.parse(stdout)
  } catch {
    return { error: { message: error?.message ?? `${stdout}${stderr}`.trim() } }
  }
}

function report(advisory) {
  const { severity, module_name: name, vulnerable_versions: versions, title, url, findings = [] } = advisory
  const paths = findings.flatMap((finding) => finding.paths ?? [])
  return [`${severity}: ${name} ${versions}: ${title}`, `  ${url}`, ...paths.map((path) => `  ${path}`)].join('\n')
}

const { advisories, error: refusal } = answer()
if (advisories === undefined) {
  process.stdout.write(`not audited: the registry gave no answer (${String(refusal?.message).slice(0, 300)})\n`)
} else {
  const found = Object.values(advisories)
  process.stdout.write(found.length === 0 ? 'no known vulnerabilities\n' : `${found.map(report).join('\n')}\n`)
  if (found.length > 0) process.exitCode = 1
}
