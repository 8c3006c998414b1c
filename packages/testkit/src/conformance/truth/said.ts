import type { ParsedMessage } from '@tapewire/core/adapter'

/**
 * What a parser's messages say, as values of their own: streams are their ids, instruments their names, so that what different sets of strategies read can be compared, and what
 * still lies in a frame's memory is copied.
 */
export function said(messages: readonly ParsedMessage[]): unknown {
  return JSON.parse(saidText(messages))
}

/** The same as text. */
export function saidText(messages: readonly ParsedMessage[]): string {
  return JSON.stringify(messages, (_, value: unknown) => (isSpecial(value) ? String(value) : value))
}

/** The same without order: for what JSON does not give an order. */
export function saidUnordered(messages: readonly ParsedMessage[]): readonly string[] {
  return messages
    .map((message) => {
      const { data } = message
      const rows = Array.isArray(data) ? data.map((row: unknown) => sortedText(row)).sort() : sortedText(data)
      return sortedText({ ...message, data: rows })
    })
    .sort()
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (isSpecial(inner)) return String(inner)
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}

/** What JSON would lose. */
function isSpecial(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && !Number.isFinite(value)) || typeof value === 'bigint'
}
