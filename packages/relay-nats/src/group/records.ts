/** What a member says of itself. */
export interface MemberRecord {
  /** For people. */
  readonly name: string
  /** The accounts that it has credentials for. */
  readonly accounts: readonly string[]
  /** Whether it keeps accounts warm that another has. */
  readonly standby: boolean
  /** It gives away what it has, and takes nothing. */
  readonly isLeaving: boolean
}

/** Who has a share, and who comes next. */
export interface ShareRecord {
  /** The id of the member; null where it was let go of. */
  readonly owner: string | null
  /** The revision by which the owner took it; null where that is this record's own. */
  readonly epoch: number | null
  /** The member that the owner asked to get ready: to take it, or to be its warm second. */
  readonly next: string | null
  /** Whether that one has its streams live. */
  readonly isReady: boolean
}

/** Nobody has it, nobody is to come. */
export const freeShare: ShareRecord = { owner: null, epoch: null, next: null, isReady: false }

/** Null for what no member of ours wrote. */
export function readMember(text: string): MemberRecord | null {
  const value = readObject(text)
  if (value === null) return null
  const { name, accounts, standby, isLeaving } = value
  const isRecord = typeof name === 'string' && typeof standby === 'boolean' && typeof isLeaving === 'boolean'
  if (!isRecord || !Array.isArray(accounts) || !accounts.every((account) => typeof account === 'string')) return null
  return { name, accounts, standby, isLeaving }
}

/** Null for what no member of ours wrote. */
export function readShare(text: string): ShareRecord | null {
  const value = readObject(text)
  if (value === null) return null
  const { owner, epoch, next, isReady } = value
  if (!isIdOrNull(owner) || !isIdOrNull(next) || typeof isReady !== 'boolean') return null
  if (epoch !== null && !(Number.isSafeInteger(epoch) && (epoch as number) > 0)) return null
  return { owner, epoch: epoch as number | null, next, isReady }
}

/** The members of a JSON object; null for any other text. */
function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Not ours.
  }
  return null
}

function isIdOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value !== '')
}
