// What somebody declares who has read the documentation of Gate.io's futures: a field a line, with its kind (`?` where it may be absent or null) and its role.
// Sizes are numbers or text in quotes, by a header of the connection. Source: Gate.io futures WebSocket v4 docs.

const envelope = `
  time integer time:s
  time_ms integer? time:ms
  channel constant
  event constant`

const levels = (side: string): string => `
  result.${side} list
  result.${side}[].p decimal
  result.${side}[].s decimalEither`

export const gateioFutures: Readonly<Record<string, string>> = {
  'futures.obu update': `${envelope}
  result object
  result.t integer time:ms
  result.full flag?
  result.s text symbol
  result.U integer? sequence
  result.u integer sequence
  result.b levels?
  result.a levels?`,
  'futures.tickers update': `${envelope}
  result list
  result[].contract text symbol
  result[].last decimal
  result[].change_percentage decimal?
  result[].mark_price decimal
  result[].index_price decimal
  result[].funding_rate decimal?
  result[].funding_rate_indicative decimal?
  result[].funding_interval integer?
  result[].funding_offset integer?
  result[].funding_next_apply integer? time:s
  result[].total_size decimal?
  result[].volume_24h decimal?
  result[].volume_24h_base decimal?
  result[].volume_24h_quote decimal?
  result[].volume_24h_settle decimal?
  result[].volume_24h_btc decimal?
  result[].volume_24h_usd decimal?
  result[].quanto_base_rate decimalOrEmpty?
  result[].high_24h decimal?
  result[].low_24h decimal?
  result[].price_type text?
  result[].t integer? time:ms`,
  'futures.book_ticker update': `${envelope}
  result object
  result.t integer time:ms
  result.u integer sequence
  result.s text symbol
  result.b decimalOrEmpty
  result.B decimalEither
  result.a decimalOrEmpty
  result.A decimalEither`,
  'futures.candlesticks update': `${envelope}
  result list
  result[].t integer time:s
  result[].v decimalEither
  result[].c decimal
  result[].h decimal
  result[].l decimal
  result[].o decimal
  result[].n text symbol`,
  'futures.order_book all': `${envelope}
  result object
  result.t integer time:ms
  result.id integer id
  result.contract text symbol
  ${levels('asks')}
  ${levels('bids')}`,
  'futures.order_book_update update': `${envelope}
  result object
  result.t integer time:ms
  result.s text symbol
  result.U integer sequence
  result.u integer sequence
  ${levels('b')}
  ${levels('a')}`,
  'futures.trades update': `${envelope}
  result list
  result[].size decimalEither
  result[].id id id
  result[].create_time integer time:s
  result[].create_time_ms integer? time:ms
  result[].price decimal
  result[].contract text symbol
  result[].is_internal flag?`,
  'futures.contract_stats update': `${envelope}
  result object
  result.time integer time:s
  result.contract text symbol
  result.mark_price decimalNumber
  result.lsr_taker decimalNumber
  result.lsr_account decimalNumber
  result.long_liq_size decimalEither
  result.long_liq_amount decimalNumber
  result.long_liq_usd decimalNumber
  result.short_liq_size decimalEither
  result.short_liq_amount decimalNumber
  result.short_liq_usd decimalNumber
  result.open_interest decimalEither
  result.open_interest_usd decimalNumber
  result.top_lsr_account decimalNumber
  result.top_lsr_size decimalNumber`,
  'futures.orders update': `${envelope}
  result list
  result[].id id id
  result[].user id id
  result[].contract text symbol
  result[].create_time integer time:s
  result[].create_time_ms integer time:ms
  result[].finish_time integer time:s
  result[].finish_time_ms integer time:ms
  result[].size decimalEither
  result[].left decimalEither
  result[].iceberg decimalEither
  result[].price decimalNumber
  result[].fill_price decimalNumber
  result[].status text
  result[].finish_as text
  result[].tif text
  result[].text text
  result[].is_close flag
  result[].is_liq flag
  result[].is_reduce_only flag
  result[].mkfr decimalNumber
  result[].tkfr decimalNumber
  result[].refu integer
  result[].refr decimalNumber`,
  'futures.usertrades update': `${envelope}
  result list
  result[].id id id
  result[].order_id id id
  result[].contract text symbol
  result[].create_time integer time:s
  result[].create_time_ms integer time:ms
  result[].size decimalEither
  result[].close_size decimalEither
  result[].price decimal
  result[].role text
  result[].text text
  result[].fee decimalNumber
  result[].point_fee decimalNumber`,
  'futures.positions update': `${envelope}
  result list
  result[].contract text symbol
  result[].mode text
  result[].size decimalEither
  result[].entry_price decimalNumber
  result[].leverage decimalNumber
  result[].cross_leverage_limit decimalNumber
  result[].leverage_max decimalNumber
  result[].liq_price decimalNumber
  result[].margin decimalNumber
  result[].maintenance_rate decimalNumber
  result[].realised_pnl decimalNumber
  result[].realised_point decimalNumber
  result[].history_pnl decimalNumber
  result[].history_point decimalNumber
  result[].last_close_pnl decimalNumber
  result[].risk_limit decimalNumber
  result[].time integer time:s
  result[].time_ms integer time:ms
  result[].user id id
  result[].update_id integer id`,
  'futures.balances update': `${envelope}
  result list
  result[].balance decimalNumber
  result[].change decimalNumber
  result[].text text
  result[].time integer time:s
  result[].time_ms integer time:ms
  result[].type text
  result[].user id id
  result[].currency text`,
  'futures.position_closes update': `${envelope}
  result list
  result[].contract text symbol
  result[].pnl decimalNumber
  result[].side text side
  result[].text text
  result[].time integer time:s
  result[].time_ms integer time:ms
  result[].user id id`,
  'futures.liquidates update': `${envelope}
  result list
  result[].entry_price decimalNumber
  result[].fill_price decimalNumber
  result[].left decimalEither
  result[].leverage decimalNumber
  result[].liq_price decimalNumber
  result[].margin decimalNumber
  result[].mark_price decimalNumber
  result[].order_id id id
  result[].order_price decimalNumber
  result[].order_size decimalEither
  result[].size decimalEither
  result[].time integer time:s
  result[].time_ms integer time:ms
  result[].user id id
  result[].contract text symbol`,
}
