import { isField, type JsonDeclaration, type JsonField } from './field.js'

/** One value of a payload, and the text that leads to it. */
export interface Step {
  /** Everything between the value before and this one: its key, its opening quote or bracket, braces and constants on the way. */
  readonly before: string
  /** Where `before` does not stand there, the value is absent. */
  readonly isOptional: boolean
  /** What the value is; null where there is none and only `before` must stand there. */
  readonly field: ValueField | null
  readonly slot: number
}

/** A field that has a value to read: of a constant only the text is compared. */
export type ValueField = Exclude<JsonField, { kind: 'constant' }>

/** A declaration compiled. */
export interface Program {
  readonly steps: readonly Step[]
  /** What follows the last value. */
  readonly end: string
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
      end: this.#before,
      slotCount: this.#slotsByPath.size,
      slotsByPath: this.#slotsByPath,
    }
  }

  /** Only the key and the value may be absent, so what comes before them is a step of its own. */
  #optional(key: string, field: JsonField, path: string): void {
    if (field.kind === 'constant') throw new TypeError(`${path}: a constant cannot be optional`)
    if (this.#before !== '') {
      this.#steps.push({ before: this.#before, isOptional: false, field: null, slot: -1 })
      this.#before = ''
    }
    this.#value(key, field, true, path)
  }

  #value(before: string, field: ValueField, isOptional: boolean, path: string): void {
    const slot = this.#slotsByPath.size
    this.#slotsByPath.set(path, slot)
    this.#steps.push({ before: before + openings[field.kind], isOptional, field, slot })
  }
}

/** What a value of each kind begins with. */
const openings: Readonly<Record<ValueField['kind'], string>> = {
  integer: '',
  decimal: '"',
  text: '"',
  flag: '',
  choice: '"',
  levels: '[',
}
