/** JSON as it stands in a frame: numbers keep their digits, objects their order. */
export type JsonNode =
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: JsonNode])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  /** `text` as it is written, quotes included. */
  | { readonly kind: 'scalar'; readonly text: string }

/** Reads what a frame holds; null for what is no JSON. Keys are kept as they are written, quotes included. */
export function readJson(text: string): JsonNode | null {
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  let place = 0
  const read = (): JsonNode => {
    const token = tokens[place] as string
    place += 1
    if (token === '{') return { kind: 'object', members: list('}', member) }
    if (token === '[') return { kind: 'array', items: list(']', read) }
    return { kind: 'scalar', text: token }
  }
  const member = (): readonly [string, JsonNode] => {
    const key = tokens[place] as string
    place += 2
    return [key, read()]
  }
  const list = <Item>(end: string, item: () => Item): Item[] => {
    const items: Item[] = []
    while (tokens[place] !== end) {
      items.push(item())
      if (tokens[place] === ',') place += 1
    }
    place += 1
    return items
  }
  return read()
}

/** How JSON is written. */
export interface JsonStyle {
  /** Between all tokens. Default none. */
  readonly space?: string
  /** Whether the members of objects come in the opposite order. */
  readonly isReversed?: boolean
}

export function writeJson(node: JsonNode, style: JsonStyle = {}): string {
  const { space = '', isReversed = false } = style
  const join = (parts: readonly string[], open: string, close: string): string =>
    `${open}${space}${parts.join(`,${space}`)}${space}${close}`
  switch (node.kind) {
    case 'scalar':
      return node.text
    case 'array':
      return join(
        node.items.map((item) => writeJson(item, style)),
        '[',
        ']',
      )
    case 'object': {
      const members = node.members.map(([key, value]) => `${key}${space}:${space}${writeJson(value, style)}`)
      return join(isReversed ? members.reverse() : members, '{', '}')
    }
  }
}

/** The same with every node replaced by what `change` makes of it, the innermost first. */
export function mapJson(node: JsonNode, change: (node: JsonNode) => JsonNode): JsonNode {
  switch (node.kind) {
    case 'scalar':
      return change(node)
    case 'array':
      return change({ kind: 'array', items: node.items.map((item) => mapJson(item, change)) })
    case 'object':
      return change({ kind: 'object', members: node.members.map(([key, value]) => [key, mapJson(value, change)]) })
  }
}

/** The same once for each node that is not the whole, with that one replaced, or left out where `change` says null. */
export function* eachChanged(node: JsonNode, change: (node: JsonNode) => JsonNode | null): Generator<JsonNode> {
  if (node.kind === 'array') {
    for (const [place, item] of node.items.entries()) {
      const others = (changed: readonly JsonNode[]): JsonNode => ({
        kind: 'array',
        items: node.items.toSpliced(place, 1, ...changed),
      })
      const changed = change(item)
      yield others(changed === null ? [] : [changed])
      for (const inner of eachChanged(item, change)) yield others([inner])
    }
  }
  if (node.kind === 'object') {
    for (const [place, [key, value]] of node.members.entries()) {
      const others = (changed: readonly JsonNode[]): JsonNode => ({
        kind: 'object',
        members: node.members.toSpliced(place, 1, ...changed.map((one) => [key, one] as const)),
      })
      const changed = change(value)
      yield others(changed === null ? [] : [changed])
      for (const inner of eachChanged(value, change)) yield others([inner])
    }
  }
}

/** A scalar that is this value, for what is put into a frame. */
export function scalar(value: unknown): JsonNode {
  return { kind: 'scalar', text: JSON.stringify(value) }
}
