import { quoteValue } from '../measure/message-values.js'
import { type MexcPush, mexcWrapper } from '../workloads/mexc-frames.js'
import { openWebSockets } from './open-web-sockets.js'
import type { ConnectSubject } from './subject-task.js'

/** `ws` as it comes, and protobufjs on MEXC's published schema. */
export const wsProtobufjs: ConnectSubject = async (task, receiver) => {
  const wrapper = mexcWrapper()
  const connections = await openWebSockets(task, {}, (socket, read) => {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return
      const value = readPush(wrapper.decode(data))
      if (value !== null) receiver.receive(value, read.at)
    })
  })
  return { connections }
}

/** What somebody who reads MEXC by hand writes: numbers out of the texts, one object a message. */
function readPush(push: MexcPush): number | null {
  if (push.publicAggreBookTicker) {
    const quote = bookTicker(push, push.publicAggreBookTicker)
    return quoteValue(quote.bidPrice, quote.bidSize, quote.askPrice, quote.askSize)
  }
  if (push.publicAggreDeals) {
    const { trades } = publicTrades(push, push.publicAggreDeals)
    const first = trades[0]
    return first === undefined ? null : first.price + first.size
  }
  return null
}

function bookTicker(push: MexcPush, body: NonNullable<MexcPush['publicAggreBookTicker']>) {
  return {
    type: 'book_ticker',
    symbol: push.symbol,
    bidPrice: Number(body.bidPrice),
    bidSize: Number(body.bidQuantity),
    askPrice: Number(body.askPrice),
    askSize: Number(body.askQuantity),
    sequence: Number(body.version),
    exchangeTime: Number(push.sendTime),
  }
}

function publicTrades(push: MexcPush, { deals }: NonNullable<MexcPush['publicAggreDeals']>) {
  return {
    type: 'trades',
    symbol: push.symbol,
    exchangeTime: Number(push.sendTime),
    trades: deals.map((deal) => ({
      price: Number(deal.price),
      size: Number(deal.quantity),
      side: deal.tradeType === 1 ? 'buy' : 'sell',
      time: Number(deal.time),
    })),
  }
}
