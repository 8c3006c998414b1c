import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('./support/without-code-generation.ts', import.meta.url))

async function run(...flags: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    '--import',
    import.meta.resolve('tsx'),
    program,
  ])
  return JSON.parse(stdout) as Record<string, unknown>
}

test('where code may not be made from strings, the reference decoders and checks do everything alike, and the manager says so once', async () => {
  const [usual, restricted] = await Promise.all([run(), run('--disallow-code-generation-from-strings')])
  expect(usual).toMatchObject({ canGenerateCode: true, fastDecoders: true, logged: [], isScanned: true })
  expect(usual).toMatchObject({ isProtoScanned: true })
  expect(restricted).toMatchObject({ canGenerateCode: false, fastDecoders: false, isScanned: false })
  expect(restricted).toMatchObject({ isProtoScanned: false, logged: [{ event: 'no-fast-decoders' }] })
  for (const part of ['trades', 'ticker', 'options']) expect(restricted[part]).toEqual(usual[part])
  expect(restricted).toMatchObject({
    trades: [null, [[1.5, 2], '9007199254740993', 7.5, 1]],
    ticker: [null, 7.5, 'x', [1, 2]],
    options: [
      '',
      expect.stringContaining('depth must be one of 5, 10.'),
      expect.stringContaining('url must NOT have fewer than 1 characters.'),
      expect.stringContaining('dept is not an option (did you mean depth?).'),
      expect.stringContaining('the options must be object.'),
    ],
  })
})
