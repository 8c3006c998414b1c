// Requires every entry, and shows that it is the same module that `import` gives: who has two of a class has two that do not know each other.
const { entries } = require('./entries.cjs')

async function main() {
  for (const entry of entries) {
    const required = require(entry)
    const imported = await import(entry)
    const names = Object.keys(required)
    if (names.length === 0) throw new Error(`require() gives nothing of ${entry}`)
    const other = names.find((name) => required[name] !== imported[name])
    if (other !== undefined) throw new Error(`require() gives another ${other} of ${entry} than import`)
  }
  process.stdout.write(`${JSON.stringify({ entries: entries.length })}\n`)
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  process.exitCode = 1
})
