/** JSON with everything that a declaration must say and a parsed value does not: the digits of numbers, and the order of fields. */
export type JsonNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'list'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonNode> }

export type ObjectNode = Extract<JsonNode, { readonly kind: 'object' }>

/** Nothing that an exchange sends is nested so deeply. */
const deepest = 64

const token = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([{}[\],:]))/y

/** Reads JSON; null for text that is none, or nested too deeply. */
export function readJsonNode(text: string): JsonNode | null {
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  token.lastIndex = 0
  return readValue(text, 0)
}

/** Writes it again, without white space: every digit as it was. */
export function writeJsonNode(node: JsonNode): string {
  switch (node.kind) {
    case 'text':
      return JSON.stringify(node.text)
    case 'number':
      return node.digits
    case 'flag':
      return String(node.value)
    case 'null':
      return 'null'
    case 'list':
      return `[${node.items.map(writeJsonNode).join(',')}]`
    case 'object':
      return `{${[...node.members].map(([name, held]) => `${JSON.stringify(name)}:${writeJsonNode(held)}`).join(',')}}`
  }
}

/** The text is JSON: only its depth is still a question. */
function readValue(text: string, depth: number): JsonNode | null {
  const [, quoted, digits, word, mark] = token.exec(text) ?? []
  if (quoted !== undefined) return { kind: 'text', text: JSON.parse(quoted) as string }
  if (digits !== undefined) return { kind: 'number', digits }
  if (word !== undefined) return word === 'null' ? { kind: 'null' } : { kind: 'flag', value: word === 'true' }
  if (depth === deepest) return null
  return mark === '[' ? readList(text, depth + 1) : readObject(text, depth + 1)
}

function readList(text: string, depth: number): JsonNode | null {
  const items: JsonNode[] = []
  while (!skip(text, ']')) {
    skip(text, ',')
    const item = readValue(text, depth)
    if (item === null) return null
    items.push(item)
  }
  return { kind: 'list', items }
}

function readObject(text: string, depth: number): JsonNode | null {
  const members = new Map<string, JsonNode>()
  while (!skip(text, '}')) {
    skip(text, ',')
    const [, quoted = '""'] = token.exec(text) ?? []
    skip(text, ':')
    const held = readValue(text, depth)
    if (held === null) return null
    members.set(JSON.parse(quoted) as string, held)
  }
  return { kind: 'object', members }
}

/** Passes a mark where it comes next. */
function skip(text: string, mark: string): boolean {
  const start = token.lastIndex
  const isNext = token.exec(text)?.[4] === mark
  if (!isNext) token.lastIndex = start
  return isNext
}
