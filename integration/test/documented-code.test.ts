import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as core from '@tapewire/core'
import {
  defaultManagerConfig,
  MessageType,
  type StreamError,
  WebSocketManager,
  type WebSocketManagerOptions,
} from '@tapewire/core'
import * as adapter from '@tapewire/core/adapter'
import * as prometheus from '@tapewire/core/prometheus'
import * as testing from '@tapewire/core/testing'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { describe, expect, it } from 'vitest'
import { CORE_LAYERS } from '../src/architecture.js'
import { codeBlocks, type Document, readDocuments, tableRows } from '../src/documents.js'
import { typeErrors } from '../src/type-check.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const documents = readDocuments(root)
const page = (path: string): Document => documents.find((document) => document.path === path) as Document
const blocks = documents.flatMap((document) => codeBlocks(document).map((block) => ({ ...block, page: document.path })))
const unquoted = (cell = ''): string => cell.replaceAll('`', '')

describe('code in the documentation', () => {
  const passages = blocks.filter(({ file }) => file !== null)

  it.each(passages.map(({ page, line, file, code }) => [`${page}:${line}`, file as string, code] as const))(
    'at %s stands in %s word for word',
    (_place, file, code) => {
      expect(readFileSync(join(root, file), 'utf8')).toContain(code)
    },
  )

  it('compiles', { timeout: 60_000 }, () => {
    const snippets = blocks
      .filter(({ page, language, file }) => isChecked(page) && language === 'ts' && file === null)
      .map(({ page, line, code }) => ({ name: `${page}, block at ${line}`, code }))
    expect(snippets.length).toBeGreaterThan(5)
    expect(typeErrors(root, 'examples', snippets)).toEqual([])
  })
})

/** The pages of the other packages show passages that lean on what stands above them. */
function isChecked(path: string): boolean {
  return !path.startsWith('packages/') || path === 'packages/core/README.md'
}

describe('tables of the documentation', () => {
  it('have every configuration field with its default', () => {
    const rows = tableRows(page('docs/configuration.md'), 'field', 'config')
    expect(
      Object.fromEntries(rows.map(([field, value]) => [unquoted(field), unquoted(value).replaceAll(',', '')])),
    ).toEqual(Object.fromEntries(Object.entries(defaultManagerConfig).map(([field, value]) => [field, String(value)])))
  })

  it.each([
    ['A manager of your own', () => new WebSocketManager({} as WebSocketManagerOptions), []],
    ['books', () => manager({ books: { unknown: 1 } }), []],
    ['Gate.io spot', () => gateioSpot.public({ unknown: 1 } as object), ['socket']],
    ['MEXC spot', () => mexcSpot.public({ unknown: 1 } as object), ['socket']],
  ] as const)('have every option of %s', (section, refuse, objects) => {
    const rows = tableRows(page('docs/configuration.md'), section === 'books' ? 'field' : 'option', section)
    const documented = rows.flatMap(([names = '']) => namesIn(names))
    const known = [...new Set([...knownOptions(refuse), ...objects])].filter(
      (name) => name !== 'url' && name !== 'restUrl',
    )
    expect(documented.sort()).toEqual(known.sort())
  })

  it('have every option of a socket with its default', () => {
    const rows = tableRows(page('docs/configuration.md'), 'field', 'Options of every exchange')
    const { agent, ...plain } = adapter.defaultSocketSettings
    expect(rows.map(([field]) => unquoted(field)).sort()).toEqual(Object.keys({ agent, ...plain }).sort())
    expect(
      Object.fromEntries(rows.map(([field, value]) => [unquoted(field), unquoted(value).replaceAll(',', '')])),
    ).toMatchObject(Object.fromEntries(Object.entries(plain).map(([field, value]) => [field, String(value)])))
  })

  it('have every message type with its integer', () => {
    const rows = tableRows(page('docs/messages.md'), '`MessageType`')
    expect(Object.fromEntries(rows.map(([type, integer]) => [unquoted(type), Number(integer)]))).toEqual(MessageType)
  })

  it('name metrics that exist', () => {
    const metrics = Object.keys(manager({}).getPerformanceMetrics())
    const words = page('docs/troubleshooting.md').text.matchAll(
      /`(\w+(?:Messages|Bytes|Ms|Rate|Count|Failures|Stability|Fallbacks|ByChannel))`/g,
    )
    for (const [, word = ''] of words) expect(metrics).toContain(word)
  })

  it('have every metric', () => {
    const { text } = page('docs/metrics.md')
    const { connections: _, ...totals } = manager({}).getPerformanceMetrics()
    const declared = readFileSync(join(root, 'packages/core/src/metrics/performance-metrics.ts'), 'utf8')
    const [, ofConnection = ''] = /interface ConnectionMetrics .*?\{(.*?)^\}/ms.exec(declared) ?? []
    const fields = [...ofConnection.matchAll(/readonly (\w+):/g)].map((match) => match[1] as string)
    expect(fields.length).toBeGreaterThan(5)
    const named = new Set(namesIn(text))
    expect([...Object.keys(totals), ...fields].filter((name) => !named.has(name))).toEqual([])
  })

  it('have every folder of core in its layer', () => {
    const rows = tableRows(page('docs/architecture.md'), 'layer')
    const layers = CORE_LAYERS.map((_, index) =>
      rows.filter(([layer]) => Number(layer) === index + 1).map(([, folder]) => unquoted(folder)),
    )
    expect(layers.map((layer) => [...layer].sort())).toEqual(CORE_LAYERS.map((layer) => [...layer].sort()))
  })

  it.each([
    ['@tapewire/core', 'index', core],
    ['@tapewire/core/adapter', 'adapter', adapter],
    ['@tapewire/core/prometheus', 'prometheus', prometheus],
    ['@tapewire/core/testing', 'testing', testing],
  ])('have every function and value that %s exports', (entry, file, exports) => {
    const rows = tableRows(page('packages/core/README.md'), 'from').filter(([from = '']) => unquoted(from) === entry)
    const named = new Set(rows.flatMap(([, , names = '']) => namesIn(names)))
    expect(Object.keys(exports).filter((name) => !named.has(name))).toEqual([])
    const source = readFileSync(join(root, `packages/core/src/${file}.ts`), 'utf8')
    const words = new Set([...Object.keys(exports), ...[...source.matchAll(/\w+/g)].map(([word]) => word)])
    expect([...named].filter((name) => !words.has(name))).toEqual([])
  })
})

/** What an error about an unknown option lists as known. */
function knownOptions(refuse: () => unknown): readonly string[] {
  try {
    refuse()
  } catch (thrown) {
    const list = /^Known options: (.+)\.$/.exec((thrown as StreamError).hint ?? '')?.[1]
    if (list !== undefined) return list.split(', ')
  }
  throw new Error('The known options were not listed.')
}

function manager(options: object): WebSocketManager {
  return new WebSocketManager({ strategies: gateioSpot.public(), ...options })
}

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1] as string)
}
