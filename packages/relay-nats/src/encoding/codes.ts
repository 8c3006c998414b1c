/** The bytes that stand for words, both ways. A byte that stands for nothing gives undefined. */
export interface Codes<Word extends string> {
  /** From 1: 0 stands for a word that is not known, where a field allows that. */
  readonly codeOf: Readonly<Record<Word, number>>
  readonly words: readonly (Word | undefined)[]
}

/** Codes of all words of a type: the compiler finds the one that is missing. Once published, a code keeps its meaning. */
export function codesOf<Word extends string>(codeOf: Readonly<Record<Word, number>>): Codes<Word> {
  const words: (Word | undefined)[] = Array.from({ length: 256 }, () => undefined)
  for (const [word, code] of Object.entries<number>(codeOf)) words[code] = word as Word
  return { codeOf, words }
}
