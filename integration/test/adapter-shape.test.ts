import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findDifferences, findStaleExceptions } from '../src/adapter-shape.js'
import { readSources, type SourceFile } from '../src/source-files.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the adapters', () => {
  const sources = readSources(root).filter(({ path }) => path.startsWith('packages/exchange-'))

  it('have the same files, which export the same names but for the exchange’s', () => {
    expect(findDifferences(sources)).toEqual([])
  })

  it('need every exception that they are granted', () => {
    expect(findStaleExceptions(sources)).toEqual([])
  })
})

describe('the comparison', () => {
  const file = (path: string, text: string): SourceFile => ({ path: `packages/exchange-${path}`, text })

  it('finds a file that one adapter lacks', () => {
    const sources = [file('a/src/spot/x.ts', ''), file('a/src/spot/y.ts', ''), file('b/src/spot/x.ts', '')]
    expect(findDifferences(sources)).toEqual(['exchange-b has no spot/y.ts, which exchange-a has'])
  })

  it('finds a class or a function of another name', () => {
    const sources = [
      file('one/src/spot/x.ts', 'export class OneSpotParser {}\nexport function read() {}'),
      file('two/src/spot/x.ts', 'export class TwoSpotParser {}\nexport async function parse() {}'),
    ]
    expect(findDifferences(sources)).toEqual([
      'spot/x.ts exports *SpotParser, read in exchange-one and *SpotParser, parse in exchange-two',
    ])
  })

  it('looks at no tests, no generated code and no other packages', () => {
    const sources = [
      file('one/src/spot/x.ts', 'export const a = 1'),
      file('one/src/spot/x.test.ts', ''),
      file('one/src/shared/generated/x.ts', ''),
      file('two/src/spot/x.ts', 'const hidden = 1'),
      { path: 'packages/core/src/x.ts', text: '' },
    ]
    expect(findDifferences(sources)).toEqual([])
  })
})
