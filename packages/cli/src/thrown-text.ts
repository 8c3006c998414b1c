/** What was thrown, in words, whatever it is: some values have no text, and some throw when they are asked for it. */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  } catch {
    return 'something that has no text'
  }
}

/** Where in the code of a package it was thrown: the first line of its trace that is not the runtime's own, as `file:///…/index.js:3:9`; null where it has none. */
export function thrownAt(thrown: unknown): string | null {
  try {
    const trace = thrown instanceof Error ? thrown.stack : undefined
    const place = /(?<=[\s(])(?:file:\/\/)?\/[^\s()]+:\d+:\d+/.exec(trace ?? '')
    return place?.[0] ?? null
  } catch {
    return null
  }
}
