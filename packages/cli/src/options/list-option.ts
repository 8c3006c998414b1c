/** Words of a comma-separated option, given once or several times. */
export function collectWords(text: string, earlier: readonly string[] = []): readonly string[] {
  const words = text.split(',').map((word) => word.trim())
  return [...earlier, ...words.filter((word) => word !== '')]
}
