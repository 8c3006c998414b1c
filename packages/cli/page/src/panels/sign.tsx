import type { ConnectionState, StreamStatus } from '@tapewire/core'
import type { JSX } from 'preact'
import { glyphs, type Level } from '../state/verdict.js'

/** A state as sign, word and colour: none of them is needed to read the others. */
export function Sign({ level, word }: { readonly level: Level; readonly word: string }): JSX.Element {
  return (
    <span class={`sign ${level}`}>
      <span class="glyph" aria-hidden="true">
        {glyphs[level]}
      </span>{' '}
      {word}
    </span>
  )
}

export const levelOfStream: Readonly<Record<StreamStatus, Level>> = {
  live: 'good',
  syncing: 'watch',
  stale: 'watch',
  gapped: 'bad',
}

/** A connection that somebody ended is not in trouble; one that never began is. */
export const levelOfConnection: Readonly<Record<ConnectionState, Level>> = {
  connected: 'good',
  connecting: 'watch',
  closing: 'watch',
  closed: 'watch',
  disconnected: 'bad',
  reconnecting: 'bad',
  error: 'bad',
}
