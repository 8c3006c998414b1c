import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Ended, SmallWorkspace, tools } from './support/small-workspace.js'

let workspace: SmallWorkspace

/** What it was installed and built with, a command a line. */
function calls(): readonly string[] {
  const text = readFileSync(join(workspace.folder, 'calls'), 'utf8')
  writeFileSync(join(workspace.folder, 'calls'), '')
  return text.trim() === '' ? [] : text.trim().split('\n')
}

function bootstrap(...words: readonly string[]): Promise<Ended> {
  const PATH = `${join(workspace.folder, 'bin')}:${process.env.PATH}`
  return workspace.node('tools/bootstrap.mjs', words, { PATH })
}

const whole = '-y pnpm@10.34.9 install --frozen-lockfile --prefer-offline --reporter=append-only'
const lean = `${whole} --prod --ignore-scripts --filter=one...`

beforeEach(() => {
  workspace = new SmallWorkspace({
    calls: '',
    'package.json': '{}',
    'pnpm-lock.yaml': '',
    'packages/one/package.json': '{}',
  })
  for (const file of ['bootstrap.mjs', 'progress.mjs']) {
    cpSync(join(tools, file), join(workspace.folder, 'tools', file))
  }
  workspace.command('bin/npx', 'echo "$@" >> calls', 'mkdir -p node_modules/.pnpm')
  workspace.command('node_modules/.bin/turbo', 'echo turbo "$@" >> calls')
})

afterEach(() => workspace.remove())

describe('what a command finds', () => {
  it('is installed whole where nothing is, and not again before a manifest changes', async () => {
    const first = await bootstrap()
    expect(first).toMatchObject({ code: 0, stdout: '' })
    expect(first.stderr).toMatch(
      /^tapewire: installing all dependencies\n(.*\n)*tapewire: .* dependencies, done(, \d+ s)?\n$/,
    )
    expect(calls()).toEqual([whole])
    expect(await bootstrap()).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(calls()).toEqual([])
    workspace.write({ 'packages/one/package.json': '{ "version": "1.0.0" }' })
    await bootstrap()
    expect(calls()).toEqual([whole])
  })

  it('is no more than the demo needs with --lean, until something else is run', async () => {
    await bootstrap('--lean', '--build', 'one')
    expect(calls()).toEqual([lean, 'turbo run build:js --filter=one...'])
    await bootstrap('--lean', '--build', 'one')
    expect(calls()).toEqual(['turbo run build:js --filter=one...'])
    await bootstrap()
    expect(calls()).toEqual([whole])
  })

  it('stays whole where it is: --lean takes nothing away', async () => {
    await bootstrap()
    workspace.write({ 'pnpm-lock.yaml': 'changed' })
    await bootstrap('--lean', '--build', 'one')
    expect(calls()).toEqual([whole, whole, 'turbo run build:js --filter=one...'])
  })

  it('has the dashboard’s page with --page', async () => {
    await bootstrap('--build', 'one', '--page')
    expect(calls()).toEqual([whole, 'turbo run build:js build:page --filter=one...'])
  })

  it('is not there where installing failed: its output is shown, and the next command tries again', async () => {
    workspace.command('bin/npx', 'echo no such registry', 'exit 3')
    const { code, stdout, stderr } = await bootstrap()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^tapewire: installing all dependencies, failed(, \d+ s)?\nno such registry\n/m)
    expect(stderr).toContain(`tapewire: \`npx ${whole}\` ended with code 3\n`)
    workspace.command('bin/npx', 'echo "$@" >> calls')
    await bootstrap()
    expect(calls()).toEqual([whole])
  })
})
