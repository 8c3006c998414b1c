/** What the keys of a screen mean. */
export type Key =
  | 'quit'
  | 'previous'
  | 'next'
  | 'exchange'
  | 'pause'
  | 'help'
  | 'connect'
  | 'back'
  | 'redraw'
  | 'suspend'

const keys: Readonly<Record<string, Key>> = {
  q: 'quit',
  Q: 'quit',
  '\u0003': 'quit',
  '\u0004': 'quit',
  '\u001b[D': 'previous',
  '\u001bOD': 'previous',
  '\u001b[Z': 'previous',
  '\u001b[C': 'next',
  '\u001bOC': 'next',
  '\t': 'next',
  e: 'exchange',
  ' ': 'pause',
  '?': 'help',
  h: 'help',
  c: 'connect',
  '\u001b': 'back',
  '\f': 'redraw',
  '\u001a': 'suspend',
}

/** A sequence that is one key (ECMA-48 "control sequence", or SS3 and a letter), or any other character. */
const oneKey = new RegExp(`${'\u001b'}\\[[0-?]*[ -/]*[@-~]|${'\u001b'}O[A-Za-z]|[^]`, 'gu')

/** The keys in what a terminal in raw mode sent: pressed quickly, several come at once. */
export function readKeys(input: string): readonly Key[] {
  return [...input.matchAll(oneKey)].flatMap(([text]) => keys[text] ?? [])
}
