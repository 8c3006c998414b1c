import type { Stage } from './stage.js'

/** Whether any frame or answer of the stage's emulation holds this text: prices and sizes are text on every wire that is not compressed. */
export function wasSent({ venue }: Stage, text: string): boolean {
  const bytes = Buffer.from(text)
  const inFrames = venue.sessions.some(({ frames }) =>
    frames.some(({ dir, content }) => dir === 'in' && Buffer.from(content).includes(bytes)),
  )
  return inFrames || venue.requests.some(({ answer }) => answer.includes(text))
}
