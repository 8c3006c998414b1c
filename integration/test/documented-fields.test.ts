import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { channels } from '@tapewire/core'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { tableRows } from '../src/documents.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const path = 'docs/messages.md'
const page = { path, text: readFileSync(join(root, path), 'utf8') }

/** The fields that an interface of core's model declares, in their order; methods are none. */
function fieldsOf(file: string, name: string): readonly string[] {
  const source = readFileSync(join(root, 'packages/core/src/model', file), 'utf8')
  const { statements } = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023)
  const declaration = statements.filter(ts.isInterfaceDeclaration).find((statement) => statement.name.text === name)
  if (declaration === undefined) throw new Error(`${file} declares no ${name}.`)
  return declaration.members.filter(ts.isPropertySignature).map((member) => (member.name as ts.Identifier).text)
}

/** The fields in a table's first column, which may name several. */
function documented(firstHeading: string, section = ''): readonly string[] {
  return tableRows(page, firstHeading, section).flatMap(([names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  )
}

/** The payload of one item of each channel's messages: lists are of these. */
const payloads = {
  orderbook: 'OrderbookData',
  trades: 'PublicTrade',
  book_ticker: 'BookTickerData',
  ticker: 'TickerData',
  candles: 'CandleData',
  orders: 'OrderData',
  executions: 'ExecutionData',
  balances: 'BalanceData',
}

describe('docs/messages.md has a row for each field, and no other,', () => {
  it('of every channel', () => {
    expect(Object.keys(payloads)).toEqual([...channels])
    expect(fieldsOf('payloads.ts', 'ChannelPayloads')).toEqual([...channels])
  })

  it.each(Object.entries(payloads))('of the data of %s', (channel, payload) => {
    expect(documented('field', channel)).toEqual(fieldsOf('payloads.ts', payload))
  })

  it('of every message', () => {
    expect(documented('field')).toEqual(fieldsOf('message.ts', 'MessageShape'))
  })

  it.each([
    ['`data` of `Error`', 'ErrorData'],
    ['`data` of `Other`', 'OtherData'],
  ])('of the %s', (heading, declaration) => {
    expect(documented(heading)).toEqual(fieldsOf('message.ts', declaration))
  })

  it.each([
    ['Stream', 'stream.ts'],
    ['Instrument', 'instrument.ts'],
  ])('of %s', (name, file) => {
    expect([...documented(`field of \`${name}\``)].sort()).toEqual([...fieldsOf(file, name)].sort())
  })
})
