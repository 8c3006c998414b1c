// What the two readers are compared with: book tickers of Gate.io as they are on the wire, each with other prices, sizes, ids and times.
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { createRandom, randomInteger } from '@tapewire/testkit'

const different = 4_000
/** Epoch ms of the first: 2026-01-01T00:00:00Z. */
const start = 1_767_225_600_000

/** The frames, sent over and over, and what the prices of one round of them add up to, in tenths: whoever read them all knows it. */
export function quotes() {
  const random = createRandom(15)
  const tenths = () => randomInteger(random, 870_000, 879_999)
  const size = () => (randomInteger(random, 1, 9_999_999) / 1_000_000).toFixed(6)
  const contents = []
  const prices = []
  for (let index = 0; index < different; index += 1) {
    const [bid, time] = [tenths(), start + index]
    const ask = bid + randomInteger(random, 1, 9)
    const result = `{"t":${time - 4},"u":${48_733_182_000 + index},"s":"BTC_USDT","b":"${priceText(bid)}","B":"${size()}","a":"${priceText(ask)}","A":"${size()}"}`
    const head = `"time":${Math.floor(time / 1000)},"time_ms":${time},"channel":"spot.book_ticker","event":"update"`
    contents.push(`{${head},"result":${result}}`)
    prices.push(bid + ask)
  }
  return { contents, prices }
}

function priceText(tenths) {
  return `${Math.floor(tenths / 10)}.${tenths % 10}`
}

/** Answers a client in the sender's process. */
export function acknowledge(message) {
  return gateioSpotEmulation.acknowledge(message, Date.now())
}
