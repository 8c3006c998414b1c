import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import { ManualClock } from '@tapewire/core/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { GrowingFile } from './growing-file.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapewire-growing-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** What is left where the process is killed now. */
async function leftOf(path: string): Promise<string> {
  return gunzipSync(await readFile(`${path}.part`), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
}

it('keeps with gzip what was written until a second before the process was killed', async () => {
  const path = join(folder, 'session.jsonl.gz')
  const clock = new ManualClock()
  const file = new GrowingFile(path, () => {}, clock)
  let expected = ''
  for (const id of [1, 2]) {
    file.write({ id })
    file.write({ id: -id })
    expected += `{"id":${id}}\n{"id":${-id}}\n`
    clock.advance(1_000)
    await expect.poll(() => leftOf(path).catch(() => '')).toBe(expected)
  }
  file.write({ id: 3 })
  await file.close()
  expect(gunzipSync(await readFile(path)).toString()).toBe(`${expected}{"id":3}\n`)
  expect(clock.pendingTimers).toBe(0)
})

it.each(['session.jsonl', 'session.jsonl.gz'])(
  'is thrown away with the lines that wait, and with what comes later: %s',
  async (name) => {
    const failures: Error[] = []
    const file = new GrowingFile(join(folder, name), (error) => failures.push(error))
    await file.opened()
    for (let id = 0; id < 1_000; id += 1) file.write({ id })
    const discarding = file.discard()
    expect(file.write({ id: 'late' })).toBe(0)
    await discarding
    expect([await readdir(folder), failures]).toEqual([[], []])
  },
)
