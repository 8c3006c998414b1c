// What somebody declares who has read the documentation of MEXC's futures: a field a line, with its kind (`?` where it may be absent or null) and its role.
// `data` of deals was one object until 2025, and is a list since. Source: MEXC contract WebSocket API docs.

const envelope = `
  symbol text symbol
  channel constant
  ts integer time:ms
  data object`

const ofAccount = `
  channel constant
  ts integer time:ms
  data object`

const deal = (path: string): string => `
  ${path}.p decimalNumber
  ${path}.v decimalNumber
  ${path}.T integer side
  ${path}.O integer
  ${path}.M integer
  ${path}.t integer time:ms`

export const mexcFutures: Readonly<Record<string, string>> = {
  'push.depth': `${envelope}
  data.cts integer? time:ms
  data.asks levels
  data.bids levels
  data.begin integer? sequence
  data.end integer? sequence
  data.version integer sequence`,
  'push.depth.full': `${envelope}
  data.cts integer? time:ms
  data.asks levels
  data.bids levels
  data.version integer sequence`,
  'push.index.price': `${envelope}
  data.symbol text symbol
  data.price decimalNumber`,
  'push.fair.price': `${envelope}
  data.symbol text symbol
  data.price decimalNumber`,
  'push.funding.rate': `${envelope}
  data.symbol text symbol
  data.rate decimalNumber
  data.nextSettleTime integer? time:ms`,
  'push.deal': `
  symbol text symbol
  channel constant
  ts integer time:ms
  data list
  ${deal('data[]')}
  data[].i id? id
  data[].cts decimal? time:ms`,
  'push.deal, once': `${envelope}
  ${deal('data')}`,
  'push.kline': `${envelope}
  data.symbol text symbol
  data.interval text
  data.t integer time:s
  data.o decimalNumber
  data.c decimalNumber
  data.h decimalNumber
  data.l decimalNumber
  data.a decimalNumber
  data.q decimalNumber
  data.ro decimalNumber
  data.rc decimalNumber
  data.rh decimalNumber
  data.rl decimalNumber`,
  'push.ticker': `${envelope}
  data.symbol text symbol
  data.contractId id? id
  data.lastPrice decimalNumber
  data.bid1 decimalNumber
  data.ask1 decimalNumber
  data.volume24 decimalNumber
  data.amount24 decimalNumber
  data.holdVol decimalNumber
  data.lower24Price decimalNumber
  data.high24Price decimalNumber
  data.riseFallRate decimalNumber
  data.riseFallValue decimalNumber
  data.indexPrice decimalNumber
  data.fairPrice decimalNumber
  data.fundingRate decimalNumber
  data.maxBidPrice decimalNumber
  data.minAskPrice decimalNumber
  data.timestamp integer time:ms
  data.zone text?
  data.riseFallRates none
  data.riseFallRatesOfTimezone none`,
  'push.tickers': `
  channel constant
  ts integer time:ms
  data list
  data[].symbol text symbol
  data[].contractId id? id
  data[].timestamp integer? time:ms
  data[].lastPrice decimalNumber
  data[].volume24 decimalNumber
  data[].amount24 decimalNumber?
  data[].riseFallRate decimalNumber
  data[].fairPrice decimalNumber
  data[].indexPrice decimalNumber?
  data[].maxBidPrice decimalNumber?
  data[].minAskPrice decimalNumber?
  data[].lower24Price decimalNumber?
  data[].high24Price decimalNumber?`,
  'push.personal.order': `${ofAccount}
  data.orderId id id
  data.symbol text symbol
  data.positionId id id
  data.price decimalNumber
  data.vol decimalNumber
  data.leverage decimalNumber
  data.side integer side
  data.category integer
  data.orderType integer
  data.dealAvgPrice decimalNumber
  data.dealVol decimalNumber
  data.remainVol decimalNumber
  data.orderMargin decimalNumber
  data.usedMargin decimalNumber
  data.takerFee decimalNumber
  data.makerFee decimalNumber
  data.profit decimalNumber
  data.feeCurrency text
  data.openType integer
  data.state integer
  data.errorCode integer
  data.externalOid text id
  data.version integer sequence
  data.createTime integer time:ms
  data.updateTime integer time:ms`,
  'push.personal.order.deal': `${ofAccount}
  data.id id id
  data.symbol text symbol
  data.side integer side
  data.vol decimalNumber
  data.price decimalNumber
  data.feeCurrency text
  data.fee decimalNumber
  data.timestamp integer time:ms
  data.profit decimalNumber
  data.isTaker flag
  data.category integer
  data.orderId id id
  data.isSelf flag
  data.externalOid text id
  data.positionMode integer
  data.reduceOnly flag
  data.opponentUid id id`,
  'push.personal.asset': `${ofAccount}
  data.currency text
  data.positionMargin decimalNumber
  data.frozenBalance decimalNumber
  data.availableBalance decimalNumber
  data.bonus decimalNumber`,
  'push.personal.position': `${ofAccount}
  data.positionId id id
  data.symbol text symbol
  data.holdVol decimalNumber
  data.positionType integer
  data.openType integer
  data.state integer
  data.frozenVol decimalNumber
  data.closeVol decimalNumber
  data.holdAvgPrice decimalNumber
  data.closeAvgPrice decimalNumber
  data.openAvgPrice decimalNumber
  data.liquidatePrice decimalNumber
  data.oim decimalNumber
  data.im decimalNumber
  data.holdFee decimalNumber
  data.realised decimalNumber
  data.leverage decimalNumber
  data.autoAddIm flag`,
}
