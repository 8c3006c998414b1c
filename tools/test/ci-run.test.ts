import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Ended, SmallWorkspace, tools } from './support/small-workspace.js'

let workspace: SmallWorkspace

/** All steps, where `npm` does what these lines of a shell say, and programs for some tests are there. */
function run(...npm: readonly string[]): Promise<Ended> {
  workspace.command('bin/npm', ...npm)
  return workspace.run('bash', ['.ci/run'], { PATH: `${join(workspace.folder, 'bin')}:${process.env.PATH}` })
}

const passing = 'echo "12 passed, 0 failed, 3 skipped"'

beforeEach(() => {
  workspace = new SmallWorkspace({})
  cpSync(join(tools, '../.ci/run'), join(workspace.folder, '.ci/run'))
  for (const name of ['node', 'prometheus', 'chromium', 'nats-server']) workspace.command(`bin/${name}`, 'exit 0')
})

afterEach(() => workspace.remove())

describe('all checks in one command', { timeout: 60_000 }, () => {
  it('pass where every step does; the last line is the count of the tests', async () => {
    const { code, stdout } = await run(passing)
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, '12 passed, 0 failed, 3 skipped'])
    const steps = [...stdout.matchAll(/^== (.+)$/gm)].map((match) => match[1])
    expect(steps).toHaveLength(new Set(steps).size)
    expect(stdout.match(/^ {3}\d+ s$/gm)).toHaveLength(steps.length)
  })

  it('go on after a step that fails, and name each', async () => {
    const { code, stdout } = await run(
      'case "$*" in *lint|*coverage|*rehearsal) echo "broken: $3"; exit 1 ;; esac',
      passing,
    )
    expect(code).toBe(1)
    const [, named = '', last] = /((?:^failed: .+\n)+)(.+)\n$/m.exec(stdout) ?? []
    expect(named.trim().split('\n').sort()).toEqual(['failed: coverage', 'failed: lint', 'failed: release:rehearsal'])
    expect(last).toBe('12 passed, 0 failed, 3 skipped')
  })

  it('show what a step prints in one piece, though steps run beside each other', async () => {
    const { stdout } = await run('for line in 1 2 3; do echo "$3 $line"; sleep 0.01; done', passing)
    for (const step of ['lint', 'test:nats', 'check:audit', 'test:browser']) {
      expect(stdout).toContain(`== ${step}\n${step} 1\n${step} 2\n${step} 3\n`)
    }
  })

  it('fail where no tests were counted', async () => {
    const { code, stdout } = await run('exit 0')
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([1, '0 passed, 1 failed'])
  })
})
