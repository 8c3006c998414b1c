import type { Stream } from '../model/stream.js'

/** `820 µs`, `4.2 ms`, `850 ms`, `12 s`, `5 min`, `3.5 h`. */
export function formatMs(durationMs: number): string {
  const size = Math.abs(durationMs)
  if (size < 1 && size > 0) return `${Math.round(durationMs * 1_000)} µs`
  if (size < 10) return `${rounded(durationMs)} ms`
  if (size < 10_000) return `${Math.round(durationMs)} ms`
  if (size < 120_000) return `${Math.round(durationMs / 1_000)} s`
  if (size < 7_200_000) return `${Math.round(durationMs / 60_000)} min`
  return `${rounded(durationMs / 3_600_000)} h`
}

/** `93.4 %` */
export function formatShare(share: number): string {
  return `${rounded(share * 100)} %`
}

/** `1 message`, `12 messages` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** `trades BTC/USDT` */
export function nameOf({ id, channel, instrument }: Stream): string {
  return `${channel} ${instrument?.name ?? id}`
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
