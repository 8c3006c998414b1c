/** The file that is to read what is UNKNOWN, where the parser's reason names it; null where it does not. */
export function unreadFile(reason: string): string | null {
  const [file] = /parsers\/[\w-]+\.ts/.exec(reason) ?? []
  return file ?? null
}
