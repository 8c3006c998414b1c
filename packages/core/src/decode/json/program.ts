import { isField, type JsonDeclaration, type JsonField } from './field.js'

/** What the scanner does at each step. Plain numbers, so that the scanner is one switch over a typed array. */
export const Step = {
  /** These bytes must follow. */
  Literal: 0,
  /** These bytes may follow; where they do not, the next step is skipped and its slot is absent. */
  LiteralIfPresent: 1,
  Integer: 2,
  Decimal: 3,
  DecimalOrEmpty: 4,
  Text: 5,
  Choice: 6,
  Flag: 7,
  Levels: 8,
} as const

type StepCode = (typeof Step)[keyof typeof Step]

/** A declaration compiled: steps, the slot each fills, and the literals, end to end in one buffer. */
export interface Program {
  readonly steps: Uint8Array
  readonly slots: Int32Array
  readonly literalStarts: Int32Array
  readonly literalEnds: Int32Array
  readonly literals: Uint8Array
  /** For choice steps: the bytes of each text with its closing quote. */
  readonly choices: readonly (readonly Uint8Array[])[]
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
  readonly #steps: { code: StepCode; slot: number; literal: string; texts: readonly string[] }[] = []
  readonly #slotsByPath = new Map<string, number>()
  #literal = ''

  object(declaration: JsonDeclaration, path: string): void {
    const entries = Object.entries(declaration)
    if (entries.length === 0) throw new TypeError(`${path || 'the declaration'} has no fields`)
    this.#literal += '{'
    for (const [index, [name, part]] of entries.entries()) {
      const key = `${index === 0 ? '' : ','}${JSON.stringify(name)}:`
      const here = path === '' ? name : `${path}.${name}`
      if (!isField(part)) {
        this.#literal += key
        this.object(part, here)
      } else if (part.kind === 'optional') {
        if (index === 0) throw new TypeError(`${here} is optional and cannot be the first field`)
        this.#optional(key, part.field, here)
      } else {
        this.#literal += key
        this.#field(part, here)
      }
    }
    this.#literal += '}'
  }

  build(): Program {
    this.#flush()
    const steps = this.#steps
    const encoder = new TextEncoder()
    const literals = steps.map((step) => encoder.encode(step.literal))
    const starts = literals.map((_, index) =>
      literals.slice(0, index).reduce((sum, literal) => sum + literal.length, 0),
    )
    return {
      steps: Uint8Array.from(steps, (step) => step.code),
      slots: Int32Array.from(steps, (step) => step.slot),
      literalStarts: Int32Array.from(starts),
      literalEnds: Int32Array.from(starts, (start, index) => start + (literals[index]?.length ?? 0)),
      literals: new Uint8Array(literals.flatMap((literal) => [...literal])),
      choices: steps.map((step) => step.texts.map((text) => encoder.encode(`${text}"`))),
      slotCount: this.#slotsByPath.size,
      slotsByPath: this.#slotsByPath,
    }
  }

  #optional(key: string, field: JsonField, path: string): void {
    this.#flush()
    if (field.kind === 'constant') throw new TypeError(`${path}: a constant cannot be optional`)
    // The closing quote of a value in quotes belongs to what may be absent, so such steps read it themselves.
    this.#steps.push({ code: Step.LiteralIfPresent, slot: this.#slotsByPath.size, literal: key, texts: [] })
    this.#value(field, path)
  }

  #field(field: JsonField, path: string): void {
    if (field.kind === 'constant') {
      this.#literal += JSON.stringify(field.text)
      return
    }
    this.#value(field, path)
  }

  #value(field: Exclude<JsonField, { kind: 'constant' }>, path: string): void {
    this.#flush()
    const slot = this.#slotsByPath.size
    this.#slotsByPath.set(path, slot)
    this.#steps.push({ code: stepOf(field), slot, literal: '', texts: field.kind === 'choice' ? field.texts : [] })
  }

  #flush(): void {
    if (this.#literal === '') return
    this.#steps.push({ code: Step.Literal, slot: -1, literal: this.#literal, texts: [] })
    this.#literal = ''
  }
}

function stepOf(field: Exclude<JsonField, { kind: 'constant' }>): StepCode {
  switch (field.kind) {
    case 'integer':
      return Step.Integer
    case 'decimal':
      return field.orEmpty ? Step.DecimalOrEmpty : Step.Decimal
    case 'text':
      return Step.Text
    case 'flag':
      return Step.Flag
    case 'choice':
      return Step.Choice
    case 'levels':
      return Step.Levels
  }
}
