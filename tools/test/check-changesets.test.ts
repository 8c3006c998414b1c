import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, type Files, SmallWorkspace, tools } from './support/small-workspace.js'

let workspace: SmallWorkspace

async function git(...words: readonly string[]): Promise<void> {
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'core.hooksPath=none']
  const { code, stderr } = await workspace.run('git', [...author, ...words])
  if (code !== 0) throw new Error(stderr)
}

/** What the check says of a branch on which these files were changed. */
async function checkBranch(name: string, files: Files, ...words: readonly string[]): Promise<Ended> {
  await git('checkout', '--quiet', '-b', name, 'main')
  workspace.write(files)
  await git('add', '--all')
  await git('commit', '--quiet', '--allow-empty', '--message', name)
  return check(...words)
}

function check(...words: readonly string[]): Promise<Ended> {
  return workspace.node(join(tools, 'check-changesets.mjs'), words)
}

const source = { 'packages/one/src/index.ts': 'export const two = 2\n' }
const changeset = (name: string): string => `---\n'${name}': patch\n---\n\nThere is two now.\n`

beforeAll(async () => {
  workspace = new SmallWorkspace({
    'package.json': JSON.stringify({ name: 'small', private: true }),
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
    'packages/one/package.json': JSON.stringify({ name: '@small/one', version: '0.1.0' }),
    'packages/one/src/index.ts': 'export const one = 1\n',
  })
  cpSync(join(tools, '../.changeset/config.json'), join(workspace.folder, '.changeset/config.json'))
  await git('init', '--quiet', '--initial-branch', 'main')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'the beginning')
})

afterAll(() => workspace.remove())

describe('changesets', { timeout: 60_000 }, () => {
  it('are missing where what users get was changed and none says so', async () => {
    const { code, stdout, stderr } = await checkBranch('none', source)
    expect(code).toBe(1)
    expect(stdout + stderr).toContain('Some packages have been changed but no changesets were found.')
    expect(stderr).toContain('compared with main. What nobody who upgrades can notice takes an empty one')
  })

  it('are complete where one names the package that was changed', async () => {
    const files = { ...source, '.changeset/two.md': changeset('@small/one') }
    expect(await checkBranch('one', files)).toMatchObject({ code: 0 })
  })

  it('fail where one names a package that is not there, on main too', async () => {
    const expected = '.changeset/two.md names @small/two, which is none of @small/one\n'
    expect(await checkBranch('wrong', { '.changeset/two.md': changeset('@small/two') })).toMatchObject({
      code: 1,
      stderr: expected,
    })
    expect(await check('HEAD')).toMatchObject({ code: 1, stderr: expected })
  })

  it('are compared with nothing on main, nor with a commit that is not there', async () => {
    await git('checkout', '--quiet', 'main')
    expect(await check()).toEqual({ code: 0, stdout: 'not compared: this is main\n', stderr: '' })
    expect(await check('gone')).toEqual({ code: 1, stdout: '', stderr: 'there is no commit gone to compare with\n' })
  })
})
