import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readCapture } from './read-capture.js'

/** Recorded traffic lies beside the repository, not in it. */
const captures = fileURLToPath(new URL('../../../../../shared/captures/', import.meta.url))
const files = existsSync(captures)
  ? readdirSync(captures, { recursive: true, encoding: 'utf8' }).filter(
      (name) => /\.jsonl$/.test(name) && !/\.(expected|sources)\.jsonl$/.test(name),
    )
  : []

describe.skipIf(files.length === 0)('recorded traffic', () => {
  it.each(files)('%s can be read', async (name) => {
    const { frames, responses } = await readCapture(`${captures}${name}`)
    expect(frames.length + responses.length).toBeGreaterThan(0)
    for (const frame of frames) expect(frame.content.length).toBeGreaterThan(0)
  })
})
