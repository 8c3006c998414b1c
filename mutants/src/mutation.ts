/** One way to break the code. */
export interface Mutation {
  /** What is broken, in words: `no replay`. */
  readonly name: string
  /** The file, below the workspace. */
  readonly file: string
  /** What stands there, once, and what is to stand in its place. */
  readonly find: string
  readonly replace: string
}

/** The broken text. Throws where what is to be broken does not stand there exactly once: the code has moved on, and the mutation has to follow. */
export function mutate({ name, file, find, replace }: Mutation, text: string): string {
  const count = text.split(find).length - 1
  if (count !== 1)
    throw new Error(`The mutation "${name}" finds what it breaks ${count} times in ${file}, instead of once.`)
  return text.replace(find, () => replace)
}
