import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bringRuntime } from './bring-runtime.js'
import { platform, type Runtime } from './runtimes.js'

const runtime: Runtime = {
  name: 'Some 1.2.3',
  packageName: '@some/runtime',
  version: '1.2.3',
  binary: 'bin/some',
  words: [],
  environment: {},
}

let folder: string
let sideFolder: string

function script(path: string, ...lines: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'))
  chmodSync(path, 0o755)
}

/** With an npm that does what these lines say. */
function environment(...npm: readonly string[]): NodeJS.ProcessEnv {
  script(join(folder, 'bin/npm'), ...npm)
  return { PATH: `${join(folder, 'bin')}:/bin:/usr/bin` }
}

describe('bringRuntime', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tapewire-bring-'))
    sideFolder = join(folder, 'side')
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  it('installs a runtime that is not there, without scripts, and not again', async () => {
    const binary = 'node_modules/@some/runtime/bin/some'
    const env = environment(
      'echo "$@" >> calls',
      `mkdir -p ${dirname(binary)}`,
      `printf '#!/bin/sh\\necho some 1.2.3\\n' > ${binary}`,
      `chmod +x ${binary}`,
    )
    const options = { sideFolder, environment: env, machine: platform }
    const command = join(sideFolder, 'some-runtime-1.2.3', binary)
    expect(await bringRuntime(runtime, options)).toEqual({ command, missing: null })
    const withoutNpm = { ...options, environment: environment('exit 1') }
    expect(await bringRuntime(runtime, withoutNpm)).toEqual({ command, missing: null })
  })

  it('says why a runtime cannot be had', async () => {
    const env = environment('echo "npm error network: no route" >&2', 'exit 1')
    expect(await bringRuntime(runtime, { sideFolder, environment: env, machine: platform })).toEqual({
      command: null,
      missing: '@some/runtime@1.2.3 cannot be had: npm error network: no route',
    })
  })

  it('does not take a binary that does not start, or is another version', async () => {
    const command = join(sideFolder, 'some-runtime-1.2.3/node_modules/@some/runtime/bin/some')
    const options = { sideFolder, environment: environment('exit 1'), machine: platform }
    for (const [line, said] of [
      ['echo 1.2.4', `${command} --version ended with code 0: 1.2.4`],
      ['echo no such library; exit 127', `${command} --version ended with code 127: no such library`],
    ] as const) {
      script(command, line)
      expect(await bringRuntime(runtime, options)).toEqual({ command: null, missing: said })
    }
  })

  it('fetches nothing on a machine for which there is no binary', async () => {
    const options = { sideFolder, environment: environment('exit 1'), machine: 'win32-x64' }
    expect(await bringRuntime(runtime, options)).toEqual({
      command: null,
      missing: 'it is brought for linux-x64, and this is win32-x64',
    })
  })
})
