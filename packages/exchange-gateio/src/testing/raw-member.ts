/**
 * The text of the value of a member, as it was written: what a client signed. Empty where there is no such member. `text` is valid JSON; the first member of that
 * name counts.
 */
export function rawMember(text: string, name: string): string {
  const head = new RegExp(`"${name}"\\s*:\\s*`).exec(text)
  if (head === null) return ''
  const start = head.index + head[0].length
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at] as string
    if (character === '"') at = endOfString(text, at)
    else if ('{['.includes(character)) depth += 1
    else if ('}]'.includes(character)) depth -= 1
    if (depth < 0 || (depth === 0 && ',}]'.includes(text[at + 1] ?? '}'))) {
      return text.slice(start, depth < 0 ? at : at + 1).trimEnd()
    }
  }
  return text.slice(start)
}

/** Where the string that begins here ends. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
