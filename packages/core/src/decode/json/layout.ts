import type { ConstantField, JsonDeclaration, JsonField, JsonPart, TuplePart } from './field.js'

/** A field that has a value to read: of a constant only the text is compared. */
export type ValueField = Exclude<JsonField, ConstantField>

/** A declaration compiled: each value has a slot, counted from 0 in the order of the wire, so that those of a part are a row. */
export type Layout = ConstantField | ValueLayout | GroupLayout | ListLayout

export interface ValueLayout {
  readonly kind: 'value'
  readonly field: ValueField
  readonly slot: number
}

/** An object, or a tuple. */
export interface GroupLayout {
  readonly kind: 'group'
  readonly isTuple: boolean
  readonly members: readonly MemberLayout[]
}

export interface MemberLayout {
  readonly name: string
  readonly layout: Layout
  readonly presence: 'required' | 'optional' | 'nullable'
  /** Its slots: from the first to the one behind the last. */
  readonly slots: SlotRange
}

/** An array of groups. Its own slot has where its items stand among all that the list has read; those of its items have the values of one item at a time. */
export interface ListLayout {
  readonly kind: 'list'
  readonly slot: number
  /** Its place among the lists of the declaration. */
  readonly index: number
  readonly item: GroupLayout
  readonly itemSlots: SlotRange
  /** Those of its slots that have book levels. */
  readonly levelSlots: readonly number[]
}

export interface SlotRange {
  readonly first: number
  readonly behind: number
}

export interface Compiled {
  readonly root: GroupLayout
  readonly slotCount: number
  readonly lists: readonly ListLayout[]
}

/** Compiles a declaration. Throws `TypeError` for one that cannot be scanned: an optional field that comes first, or no fields at all. */
export function compile(declaration: JsonDeclaration): Compiled {
  const compiler = new Compiler()
  const root = compiler.group(declaration, false, '')
  return { root, slotCount: compiler.slotCount, lists: compiler.lists }
}

class Compiler {
  slotCount = 0
  readonly lists: ListLayout[] = []
  readonly #levelSlots: number[] = []

  group(declaration: JsonDeclaration, isTuple: boolean, path: string): GroupLayout {
    const entries = Object.entries(declaration)
    if (entries.length === 0) throw new TypeError(`${path || 'the declaration'} has no fields`)
    const members = entries.map(([name, part], index) => {
      const here = path === '' ? name : `${path}.${name}`
      if (index === 0 && isKind(part, 'optional'))
        throw new TypeError(`${here} is optional and cannot be the first field`)
      return this.#member(name, part, here)
    })
    if (isTuple) refuseHoles(members, path)
    return { kind: 'group', isTuple, members }
  }

  #member(name: string, part: JsonPart, path: string): MemberLayout {
    const first = this.slotCount
    const layout = this.#layout(isKind(part, 'optional') || isKind(part, 'nullable') ? part.part : part, path)
    const presence = isKind(part, 'optional') || isKind(part, 'nullable') ? part.kind : 'required'
    if (presence !== 'required' && layout.kind === 'constant') {
      throw new TypeError(`${path}: a constant cannot be ${presence}`)
    }
    return { name, layout, presence, slots: { first, behind: this.slotCount } }
  }

  #layout(part: JsonPart, path: string): Layout {
    if (isKind(part, 'list')) return this.#list(part.item, path)
    if (isKind(part, 'tuple')) return this.group(part.elements, true, path)
    if (isKind(part, 'constant')) return part
    if (isDeclaration(part)) return this.group(part, false, path)
    const slot = this.#nextSlot()
    if (isKind(part, 'levels')) this.#levelSlots.push(slot)
    return { kind: 'value', field: part as ValueField, slot }
  }

  #list(item: JsonDeclaration | TuplePart, path: string): ListLayout {
    const slot = this.#nextSlot()
    const first = this.slotCount
    const group = isKind(item, 'tuple') ? this.group(item.elements, true, path) : this.group(item, false, path)
    const itemSlots = { first, behind: this.slotCount }
    const levelSlots = this.#levelSlots.filter((levelSlot) => levelSlot >= first)
    const list: ListLayout = { kind: 'list', slot, index: this.lists.length, item: group, itemSlots, levelSlots }
    this.lists.push(list)
    return list
  }

  #nextSlot(): number {
    this.slotCount += 1
    return this.slotCount - 1
  }
}

/** Elements of a tuple are told by their place: behind one that is absent there can be none. */
function refuseHoles(members: readonly MemberLayout[], path: string): void {
  const absent = members.findIndex(({ presence }) => presence === 'optional')
  const hole = members.find(({ presence }, index) => absent !== -1 && index > absent && presence !== 'optional')
  if (hole !== undefined) throw new TypeError(`${path}.${hole.name} stands behind an optional element`)
}

type Kinded = Extract<JsonPart, { readonly kind: string }>

function isKind<Kind extends Kinded['kind']>(
  part: JsonPart,
  kind: Kind,
): part is Extract<Kinded, { readonly kind: Kind }> {
  return part.kind === kind
}

/** Whether a part is an object with parts of its own: a field of it that is called `kind` is no text. */
function isDeclaration(part: JsonPart): part is JsonDeclaration {
  return typeof part.kind !== 'string'
}
