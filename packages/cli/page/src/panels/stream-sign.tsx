import type { Channel } from '@tapewire/core'
import type { JSX } from 'preact'
import type { Dashboard } from '../state/dashboard.js'
import { levelOfStream, Sign } from './sign.js'

export interface StreamSignProps {
  readonly dashboard: Dashboard
  readonly channel: Channel
}

/** How the stream is that brings this channel of what is selected; nothing where it is live. */
export function StreamSign({ dashboard, channel }: StreamSignProps): JSX.Element | null {
  const symbol = dashboard.selection.value?.symbol
  const stream = dashboard.state.value?.streams.find((one) => one.channel === channel && one.symbol === symbol)
  if (stream === undefined || stream.status === 'live') return null
  return (
    <span title={stream.reason}>
      <Sign level={levelOfStream[stream.status]} word={stream.status} />
    </span>
  )
}
