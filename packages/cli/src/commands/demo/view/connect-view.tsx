import { Box, Text } from 'ink'
import type { ReactElement } from 'react'

/** How one connects to an emulated exchange while the demo runs. */
export interface ConnectHelp {
  readonly title: string
  /** Code to paste. */
  readonly code: string
}

/** In place of the panels: how a program connects to what the demo runs. Without borders, so that it can be copied. */
export function ConnectView({ help }: { readonly help: readonly ConnectHelp[] }): ReactElement {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {help.map(({ title, code }) => (
        <Box key={title} flexDirection="column" flexShrink={0}>
          <Text bold>{title}</Text>
          <Text>{code}</Text>
        </Box>
      ))}
    </Box>
  )
}
