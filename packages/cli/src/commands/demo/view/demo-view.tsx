import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import { type ConnectHelp, ConnectView } from './connect-view.js'
import { ExchangePanel } from './exchange-panel.js'
import { layoutFor } from './layout.js'
import type { PanelModel } from './panel-model.js'

export interface DemoViewProps {
  readonly panels: readonly PanelModel[]
  readonly elapsedMs: number
  readonly columns: number
  readonly rows: number
  /** The keys: `c connects, q quits`. */
  readonly hint: string
  /** Shown in place of the panels; null shows the panels. */
  readonly help: readonly ConnectHelp[] | null
}

/** The whole screen of `tapewire demo`. */
export function DemoView({ panels, elapsedMs, columns, rows, hint, help }: DemoViewProps): ReactElement {
  const pairs = Math.max(0, ...panels.map(({ quotes }) => quotes.length))
  const layout = layoutFor({ columns, rows }, panels.length, pairs)
  return (
    <Box
      flexDirection="column"
      width={columns}
      height={help === null ? layout.height : Math.max(1, rows - 1)}
      overflow="hidden"
    >
      <Box justifyContent="space-between" columnGap={2} paddingX={1} flexShrink={0}>
        <Text wrap="truncate">
          <Text bold color="cyan">
            tapewire
          </Text>{' '}
          demo <Text dimColor>emulated exchanges on this machine, real sockets</Text>
        </Text>
        <Box flexShrink={0}>
          <Text>{clockText(elapsedMs)} </Text>
          <Text dimColor>{hint}</Text>
        </Box>
      </Box>
      {help === null ? (
        <Box flexDirection={layout.isWide ? 'row' : 'column'} flexShrink={0}>
          {panels.map((model) => (
            <ExchangePanel key={model.title} model={model} layout={layout} />
          ))}
        </Box>
      ) : (
        <ConnectView help={help} />
      )}
    </Box>
  )
}

/** `1:05` of 65 seconds. */
function clockText(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
