const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** How long something has been so: `12 s`, `5 min`, `3 h`, `12 d`. Clocks that disagree make no negative ages. */
export function formatAge(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.floor(ms / second))} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  if (ms < 2 * day) return `${Math.floor(ms / hour)} h`
  return `${Math.floor(ms / day)} d`
}

/** The age of what began then, epoch ms; nothing where that is 0, which stands for what never began. */
export function formatSince(since: number, at: number): string {
  return since === 0 ? '' : formatAge(at - since)
}

/** How long something has run: `1:05`, `2:00:09`. */
export function formatElapsed(ms: number): string {
  const total = Math.max(0, Math.floor(ms / second))
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(total / 3_600)
  const minutes = Math.floor(total / 60) % 60
  return hours === 0 ? `${minutes}:${two(total % 60)}` : `${hours}:${two(minutes)}:${two(total % 60)}`
}
