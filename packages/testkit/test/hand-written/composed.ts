import type { CaptureFrame } from '../../src/index.js'

// An exchange that does not exist, in the manner of several that do, and what somebody declares who has read its documentation.

const texts = [
  '{"topic":"trades.BTC-USDT","ts":1767225600123,"data":[{"i":"7001","px":"87500.1","sz":"0.4","side":"buy","T":1767225600120}]}',
  '{"topic":"trades.ETH-USDT","ts":1767225600223,"data":[{"i":"7002","px":"3000","sz":"1","side":"sell","T":1767225600220,"block":true}]}',
  '{"topic":"quotes.BTC-USDT","ts":1767225600124,"seq":41000001,"bid":87500.1,"bidSize":0.4,"ask":87500.2,"askSize":2}',
  '{"topic":"quotes.BTC-USDT","ts":1767225600224,"seq":41000002,"bid":87500,"bidSize":1.5,"ask":null,"askSize":null}',
  '{"topic":"books.BTC-USDT","ts":1767225600125,"type":"snapshot","last":41000001,"bids":[[87500.0,1.5,3]],"asks":[[87500.1,2,1]]}',
  '{"topic":"books.ETH-USDT","ts":1767225600225,"type":"snapshot","last":51000001,"bids":[],"asks":[[3000.5,2,1]]}',
  '{"topic":"orders","ts":1767225600126,"data":{"orderId":"900100200300400500","clientId":"mine-1","symbol":"BTC-USDT","side":"buy","price":"87000","size":"0.5","filled":"0","status":"open","createdAt":1767225600,"reduceOnly":false}}',
]

export const composedFrames: readonly Pick<CaptureFrame, 'dir' | 'content' | 't'>[] = texts.map((content) => ({
  dir: 'in',
  content,
  t: 1_767_225_600_000,
}))

export const composed: Readonly<Record<string, string>> = {
  'trades.*': `
  topic text symbol
  ts integer time:ms
  data list
  data[].i id id
  data[].px decimal
  data[].sz decimal
  data[].side text side
  data[].T integer time:ms
  data[].block flag?`,
  'quotes.*': `
  topic text symbol
  ts integer time:ms
  seq integer sequence
  bid decimalNumber
  bidSize decimalNumber
  ask decimalNumber?
  askSize decimalNumber?`,
  'books.* snapshot': `
  topic text symbol
  ts integer time:ms
  type constant
  last integer sequence
  bids levels
  asks levels`,
  orders: `
  topic constant
  ts integer time:ms
  data object
  data.orderId id id
  data.clientId text id
  data.symbol text symbol
  data.side text side
  data.price decimal
  data.size decimal
  data.filled decimal
  data.status text
  data.createdAt integer time:s
  data.reduceOnly flag`,
}
