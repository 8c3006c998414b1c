import { isField, type JsonDeclaration, type JsonField } from './field.js'
import { Literal } from './literal.js'

/** How a value is read. Plain numbers, so that the scanner is one switch. */
export const Read = {
  /** No value: only the bytes before it must stand there. */
  Nothing: 0,
  Integer: 1,
  Decimal: 2,
  DecimalOrEmpty: 3,
  Text: 4,
  Choice: 5,
  Flag: 6,
  Levels: 7,
} as const

export type ReadCode = (typeof Read)[keyof typeof Read]

/** One value of a payload, and the bytes that lead to it. */
export interface Step {
  /** Everything between the value before and this one: its key, its opening quote or bracket, braces and constants on the way. */
  readonly before: Literal
  /** Where `before` does not stand there, the value is absent. */
  readonly isOptional: boolean
  readonly read: ReadCode
  readonly slot: number
  /** For a decimal: by how many places the number is smaller than what is written. */
  readonly shift: number
  /** For a choice: its texts, each with the closing quote. */
  readonly texts: readonly Literal[]
}

/** A declaration compiled. */
export interface Program {
  readonly steps: readonly Step[]
  /** What follows the last value. */
  readonly end: Literal
  readonly slotCount: number
  /** The slot of each field, by dotted path: `data.last`. */
  readonly slotsByPath: ReadonlyMap<string, number>
}

/** Compiles a declaration. Throws `TypeError` for one that cannot be scanned: an optional field that comes first, or no fields at all. */
export function compile(declaration: JsonDeclaration): Program {
  const builder = new ProgramBuilder()
  builder.object(declaration, '')
  return builder.build()
}

type ValueField = Exclude<JsonField, { kind: 'constant' }>

class ProgramBuilder {
  readonly #steps: Step[] = []
  readonly #slotsByPath = new Map<string, number>()
  /** What has been passed since the last value. */
  #before = ''

  object(declaration: JsonDeclaration, path: string): void {
    const entries = Object.entries(declaration)
    if (entries.length === 0) throw new TypeError(`${path || 'the declaration'} has no fields`)
    this.#before += '{'
    for (const [index, [name, part]] of entries.entries()) {
      const key = `${index === 0 ? '' : ','}${JSON.stringify(name)}:`
      const here = path === '' ? name : `${path}.${name}`
      if (!isField(part)) {
        this.#before += key
        this.object(part, here)
      } else if (part.kind === 'optional') {
        if (index === 0) throw new TypeError(`${here} is optional and cannot be the first field`)
        this.#optional(key, part.field, here)
      } else if (part.kind === 'constant') {
        this.#before += key + JSON.stringify(part.text)
      } else {
        this.#value(this.#before + key, part, false, here)
        this.#before = ''
      }
    }
    this.#before += '}'
  }

  build(): Program {
    return {
      steps: this.#steps,
      end: new Literal(this.#before),
      slotCount: this.#slotsByPath.size,
      slotsByPath: this.#slotsByPath,
    }
  }

  /** Only the key and the value may be absent, so what comes before them is a step of its own. */
  #optional(key: string, field: JsonField, path: string): void {
    if (field.kind === 'constant') throw new TypeError(`${path}: a constant cannot be optional`)
    if (this.#before !== '') {
      const before = new Literal(this.#before)
      this.#steps.push({ before, isOptional: false, read: Read.Nothing, slot: -1, shift: 0, texts: [] })
      this.#before = ''
    }
    this.#value(key, field, true, path)
  }

  #value(before: string, field: ValueField, isOptional: boolean, path: string): void {
    const slot = this.#slotsByPath.size
    this.#slotsByPath.set(path, slot)
    const texts = field.kind === 'choice' ? field.texts.map((text) => new Literal(`${text}"`)) : []
    const shift = field.kind === 'decimal' ? field.shift : 0
    const { read, opening } = readingOf(field)
    this.#steps.push({ before: new Literal(before + opening), isOptional, read, slot, shift, texts })
  }
}

function readingOf(field: ValueField): { readonly read: ReadCode; readonly opening: string } {
  switch (field.kind) {
    case 'integer':
      return { read: Read.Integer, opening: '' }
    case 'decimal':
      return { read: field.orEmpty ? Read.DecimalOrEmpty : Read.Decimal, opening: '"' }
    case 'text':
      return { read: Read.Text, opening: '"' }
    case 'flag':
      return { read: Read.Flag, opening: '' }
    case 'choice':
      return { read: Read.Choice, opening: '"' }
    case 'levels':
      return { read: Read.Levels, opening: '[' }
  }
}
