import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import { formatNumber } from '../../../messages/format-number.js'
import { AccountLines } from './account-lines.js'
import type { Layout } from './layout.js'
import type { PanelModel } from './panel-model.js'
import { QuoteLines } from './quote-lines.js'
import { TradeLines } from './trade-lines.js'

/** Narrower than this, trades and account do not fit beside each other. */
const detailsBesideWidth = 92
/** From here on there is room for what one rarely needs. */
const roomyWidth = 110

/** One exchange: how the connection is, what the market does, what the account holds. */
export function ExchangePanel({ model, layout }: { model: PanelModel; layout: Layout }): ReactElement {
  const { panelWidth, detailLines, showsSizes, sparkWidth } = layout
  const isConnected = model.state === 'connected'
  const isBeside = panelWidth >= detailsBesideWidth
  return (
    <Box
      flexDirection="column"
      flexShrink={0}
      width={panelWidth}
      borderStyle="round"
      borderColor={isConnected ? 'gray' : 'red'}
      paddingX={1}
    >
      <Box justifyContent="space-between" columnGap={2}>
        <Box flexShrink={0}>
          <Text bold>{model.title} </Text>
          <Text color={isConnected ? 'green' : 'red'}>● {model.state} </Text>
          {panelWidth >= roomyWidth && <Text dimColor>{model.url}</Text>}
        </Box>
        <Health model={model} />
      </Box>
      <QuoteLines quotes={model.quotes} showsSizes={showsSizes} sparkWidth={sparkWidth} />
      {detailLines > 0 && (
        <Box columnGap={2} height={detailLines} overflow="hidden">
          <TradeLines trades={model.trades} lines={detailLines} width={isBeside ? 46 : panelWidth - 4} />
          {isBeside && <AccountLines model={model} lines={detailLines} width={panelWidth - 52} />}
        </Box>
      )}
    </Box>
  )
}

/** What one looks at first when something feels wrong; trouble comes before everything else, and only where there is some. */
function Health({ model }: { model: PanelModel }): ReactElement {
  const { messagesPerSecond, p99Ms, lagMs, dropped, superseded, errors, liveStreams, streams } = model
  return (
    <Text wrap="truncate">
      <Trouble count={dropped} name="dropped" />
      <Trouble count={superseded} name="superseded" />
      <Trouble count={errors} name="errors" />
      <Text color={liveStreams === streams ? 'green' : 'yellow'}>{`${liveStreams}/${streams}`}</Text>
      {' live  '}
      <Text color="cyan">{formatNumber(Math.round(messagesPerSecond))}</Text>
      {' msg/s  p99 '}
      <Text color="cyan">{p99Ms.toFixed(2)}</Text>
      {' ms  lag '}
      <Text color="cyan">{lagMs === null ? '–' : lagMs.toFixed(1)}</Text>
      {' ms'}
    </Text>
  )
}

function Trouble({ count, name }: { count: number; name: string }): ReactElement | null {
  if (count === 0) return null
  return <Text color="red">{`${formatNumber(count)} ${name}  `}</Text>
}
