import type { BookTickerData } from '@tapewire/core'
import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import { formatFixed, formatFraction, formatNumber } from '../../../messages/format-number.js'
import type { PairQuote } from './panel-model.js'
import { sparkline } from './sparkline.js'

interface QuoteLineOptions {
  readonly showsSizes: boolean
  readonly sparkWidth: number
}

/** The top of each book, with the way its middle went. */
export function QuoteLines({ quotes, ...options }: QuoteLineOptions & { quotes: readonly PairQuote[] }): ReactElement {
  const { showsSizes } = options
  const size = (text: string): string => (showsSizes ? text : '')
  return (
    <Box flexDirection="column">
      <Text dimColor wrap="truncate">
        {`${''.padEnd(11)}${size('size'.padStart(12))} ${'bid'.padStart(13)} ${'ask'.padEnd(13)} ${size('size'.padEnd(12))}${'24 h'.padStart(8)}`}
      </Text>
      {quotes.map((quote) => (
        <QuoteLine key={quote.symbol} quote={quote} {...options} />
      ))}
    </Box>
  )
}

const noQuote: BookTickerData = { bidPrice: null, bidSize: null, askPrice: null, askSize: null }

function QuoteLine({ quote, showsSizes, sparkWidth }: QuoteLineOptions & { quote: PairQuote }): ReactElement {
  const { bidPrice, bidSize, askPrice, askSize } = quote.quote ?? noQuote
  const { priceDigits } = quote
  const change = quote.ticker?.change ?? null
  const isRising = (quote.history.at(-1) ?? 0) >= (quote.history[0] ?? 0)
  return (
    <Text wrap="truncate">
      <Text bold>{quote.symbol.padEnd(11)}</Text>
      {showsSizes && <Text dimColor>{formatNumber(bidSize).padStart(12)}</Text>}{' '}
      <Text color="green">{formatFixed(bidPrice, priceDigits).padStart(13)}</Text>{' '}
      <Text color="red">{formatFixed(askPrice, priceDigits).padEnd(13)}</Text>{' '}
      {showsSizes && <Text dimColor>{formatNumber(askSize).padEnd(12)}</Text>}
      <Text color={(change ?? 0) < 0 ? 'red' : 'green'}>{formatFraction(change).padStart(8)}</Text>
      {'  '}
      <Text color={isRising ? 'green' : 'red'}>{sparkline(quote.history, sparkWidth)}</Text>
    </Text>
  )
}
