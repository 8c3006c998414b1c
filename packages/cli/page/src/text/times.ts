import { unknownText } from './numbers.js'

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset' })

/** The time of day where the reader is: `22:04:59`. */
export function timeOfDay(at: number | null): string {
  return at === null ? unknownText : clock.format(at)
}

/** The zone that times are shown in: `GMT+1`. */
export function zoneName(): string {
  return zone.formatToParts(0).find(({ type }) => type === 'timeZoneName')?.value ?? 'local time'
}

/** How long something lasts, in its two greatest units: `4 s`, `3 min 12 s`, `2 h 5 min`, `12 d 3 h`. */
export function lasting(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return two(minutes, 'min', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? two(hours, 'h', minutes % 60, 'min') : two(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function two(most: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${most} ${unit}` : `${most} ${unit} ${rest} ${restUnit}`
}
