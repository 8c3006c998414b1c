// Run as a process of its own, with and without code from strings: prints what decoders and checks say.

import { optionsChecker } from '../../src/config/check-options.js'
import { canGenerateCode } from '../../src/config/code-generation.js'
import { frameJson } from '../../src/decode/frame-text.js'
import { arrayOf, choice, constant, decimal, id, priceLevels } from '../../src/decode/json/field.js'
import { jsonShape } from '../../src/decode/json/json-shape.js'
import { protoDecimal, protoLevels, protoText } from '../../src/decode/protobuf/proto-field.js'
import { protoShape } from '../../src/decode/protobuf/proto-shape.js'
import { WebSocketManager } from '../../src/manager/websocket-manager.js'
import { frameOf } from '../../src/model/inbound-frame.js'
import { acmeSpot } from './acme-exchange.js'

const trades = jsonShape({
  channel: constant('trades'),
  b: priceLevels,
  rows: arrayOf({ id, p: decimal, side: choice('buy', 'sell') }),
})
const json = '{"channel":"trades","b":[["1.5","2"]],"rows":[{"id":9007199254740993,"p":"7.5","side":"sell"}]}'
const ticker = protoShape({ price: protoDecimal(1), name: protoText(2), bids: protoLevels(3) })
const check = optionsChecker('The options are not valid', {
  type: 'object',
  additionalProperties: false,
  properties: { depth: { type: 'integer', enum: [5, 10] }, url: { type: 'string', minLength: 1 } },
})

function readTrades(): unknown {
  const { rows, b } = trades.slots
  trades.item(rows, 0)
  return [trades.levels(b), trades.text(rows.item.id), trades.number(rows.item.p), trades.choice(rows.item.side)]
}

function faultOf(options: unknown): string {
  try {
    check(options)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const logged: unknown[] = []
const logger = {
  level: 'warn',
  child: () => logger,
  warn: (line: unknown) => void logged.push(line),
  trace: () => {},
  debug: () => {},
  info: () => {},
  error: () => {},
  fatal: () => {},
}
const manager = new WebSocketManager({ strategies: acmeSpot.public({ url: 'ws://127.0.0.1:9' }), logger })
const { fastDecoders } = manager.getPerformanceMetrics()
await manager.close()

const isScanned = trades.scan(Buffer.from(json), 0, json.length)
const parsed = frameJson(frameOf(json))
const fault = trades.load('value' in parsed ? parsed.value : null)
const { price, name, bids } = ticker.slots

process.stdout.write(
  JSON.stringify({
    canGenerateCode,
    fastDecoders,
    logged,
    isScanned,
    isProtoScanned: ticker.scan(Buffer.alloc(0), 0, 0),
    trades: [fault, readTrades()],
    ticker: [
      ticker.load({ price: '7.5', name: 'x', bids: [{ price: '1', quantity: '2' }] }),
      ticker.number(price),
      ticker.text(name),
      ticker.levels(bids),
    ],
    options: [{ depth: 5, url: 'wss://x' }, { depth: 7 }, { url: '' }, { dept: 5 }, undefined].map(faultOf),
  }),
)
