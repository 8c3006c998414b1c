// Every entry of every installed package of ours, as `import` and `require()` know it.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

const names = ['@tapewire/core', '@tapewire/exchange-gateio', '@tapewire/exchange-mexc', '@tapewire/testkit']

exports.entries = names.flatMap((name) => {
  const manifest = JSON.parse(readFileSync(join(__dirname, 'node_modules', name, 'package.json'), 'utf8'))
  const paths = Object.keys(manifest.exports).filter((path) => path !== './package.json')
  return paths.map((path) => name + path.slice(1))
})
