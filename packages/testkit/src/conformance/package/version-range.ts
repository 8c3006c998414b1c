type Version = readonly [major: number, minor: number, patch: number]

/** A version must be at least `from`, and below `to`; null where there is no such bound. */
interface Span {
  readonly from: Version
  readonly to: Version | null
}

const none: Version = [0, 0, 0]

/**
 * Whether a range of a manifest admits a version; null where the range cannot be read. Understands what npm does of `^`, `~`, comparisons, `x`, `*`, hyphens and `||`;
 * parts behind a hyphen (`1.0.0-beta.1`) are not looked at.
 */
export function admits(range: string, version: string): boolean | null {
  const wanted = versionOf(version)
  if (wanted === null) return null
  const spans = range
    .replace(/^workspace:/, '')
    .split('||')
    .map(spansOf)
  if (spans.some((each) => each === null)) return null
  return spans.some((each) =>
    each?.every(({ from, to }) => compare(wanted, from) >= 0 && (to === null || compare(wanted, to) < 0)),
  )
}

/** `1.2.3` as numbers; null where it is none. */
export function versionOf(text: string): Version | null {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim())
  return parts === null ? null : [Number(parts[1]), Number(parts[2]), Number(parts[3])]
}

function spansOf(text: string): readonly Span[] | null {
  const hyphened = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(text)
  const joined = hyphened === null ? text : `>=${hyphened[1]} <=${hyphened[2]}`
  const parts = joined
    .trim()
    .replace(/([<>=~^]+)\s+/g, '$1')
    .split(/\s+/)
  const spans = parts.map(spanOf)
  return spans.some((span) => span === null) ? null : (spans as Span[])
}

/** One comparison: `^1.2`, `>=1.2.3`, `1.x`, `*`. */
function spanOf(text: string): Span | null {
  const parts = /^(\^|~|>=|<=|>|<|=)?v?(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+].*)?$/.exec(text)
  if (parts === null) return null
  const [, sign = '', ...given] = parts
  const numbers = given.filter((part) => part !== undefined && /^\d+$/.test(part)).map(Number)
  if (numbers.length === 0) return { from: none, to: null }
  const from: Version = [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0]
  /** The first version that is not meant any more by the parts that are there. */
  const after = next(from, numbers.length - 1)
  switch (sign) {
    case '^': {
      const first = from.findIndex((part) => part > 0)
      return { from, to: next(from, first === -1 ? numbers.length - 1 : Math.min(first, numbers.length - 1)) }
    }
    case '~':
      return { from, to: next(from, Math.min(1, numbers.length - 1)) }
    case '>=':
      return { from, to: null }
    case '>':
      return { from: after, to: null }
    case '<':
      return { from: none, to: from }
    case '<=':
      return { from: none, to: after }
    default:
      return { from, to: after }
  }
}

/** The version with one more at this place, and nothing behind it. */
function next(version: Version, place: number): Version {
  const raised = version.map((part, index) => (index < place ? part : index === place ? part + 1 : 0))
  return raised as unknown as Version
}

function compare(one: Version, other: Version): number {
  const place = one.findIndex((part, index) => part !== other[index])
  return place === -1 ? 0 : (one[place] as number) - (other[place] as number)
}
