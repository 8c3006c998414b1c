/** What came of one check on one runtime. */
export interface Cell {
  readonly check: string
  readonly seconds: number
  /** What there is to say of it where it holds: `18 entries`. */
  readonly text: string
  /** Null where it holds. */
  readonly fault: string | null
}

/** What came of one runtime. */
export interface Row {
  readonly runtime: string
  /** Why it was not tried; null where it was. */
  readonly missing: string | null
  /** In the order of the checks; empty where it was not tried. */
  readonly cells: readonly Cell[]
}

/** One thing that must hold on every runtime. Its words are told in the table; it rejects where it does not hold. */
export interface Check<Subject> {
  readonly title: string
  run(subject: Subject): Promise<string>
}

/** A runtime that is to be tried. */
export interface Candidate<Subject> {
  readonly name: string
  /** Resolves with what checks are given of it, or with why it cannot be tried. */
  bring(): Promise<{ readonly subject: Subject } | { readonly missing: string }>
}

/** Tries each check on each runtime, one after the other, and tells of each when it is over. Never rejects. */
export async function tryAll<Subject>(
  candidates: readonly Candidate<Subject>[],
  checks: readonly Check<Subject>[],
  tell: (runtime: string, cell: Cell) => void,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const { name, bring } of candidates) {
    const brought = await bring()
    if ('missing' in brought) {
      rows.push({ runtime: name, missing: brought.missing, cells: [] })
      continue
    }
    const cells: Cell[] = []
    for (const check of checks) {
      const cell = await tryOne(check, brought.subject)
      cells.push(cell)
      tell(name, cell)
    }
    rows.push({ runtime: name, missing: null, cells })
  }
  return rows
}

async function tryOne<Subject>({ title, run }: Check<Subject>, subject: Subject): Promise<Cell> {
  const began = Date.now()
  const seconds = (): number => (Date.now() - began) / 1000
  try {
    const text = await run(subject)
    return { check: title, seconds: seconds(), text, fault: null }
  } catch (thrown) {
    const fault = thrown instanceof Error ? thrown.message : String(thrown)
    return { check: title, seconds: seconds(), text: 'FAILS', fault }
  }
}
