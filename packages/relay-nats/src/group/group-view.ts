import { closest, placeShares } from './place-shares.js'
import type { MemberRecord, ShareRecord } from './records.js'

/** What a group agrees on. */
export interface GroupPlan {
  /** The shares of streams. */
  readonly streams: readonly string[]
  /** The share of each account. */
  readonly accounts: ReadonlyMap<string, string>
}

/** Whom every share belongs to, and who is to keep it warm. */
export interface Placement {
  readonly targets: ReadonlyMap<string, string>
  readonly seconds: ReadonlyMap<string, string>
}

/**
 * Whom every share belongs to, from what all members see alike. Streams are spread evenly and move as little as that asks for. An account stays where it is while its owner does,
 * because its events are worth more where nothing moves; else it goes to its warm second, else to the member with the fewest accounts.
 */
export function placeGroup(
  plan: GroupPlan,
  members: ReadonlyMap<string, MemberRecord>,
  recordOf: (share: string) => ShareRecord,
): Placement {
  const staying = new Map([...members].filter(([, { isLeaving }]) => !isLeaving))
  const ids = [...staying.keys()].sort()
  const owners = new Map<string, string>()
  for (const share of plan.streams) {
    const holder = holderOf(recordOf(share), (id) => staying.has(id))
    if (holder !== null) owners.set(share, holder)
  }
  const targets = new Map(placeShares(plan.streams, ids, owners))
  const seconds = new Map<string, string>()
  const accountsOf = new Map<string, number>()
  const open: { readonly share: string; readonly able: readonly string[] }[] = []
  const give = (share: string, id: string): void => {
    targets.set(share, id)
    accountsOf.set(id, (accountsOf.get(id) ?? 0) + 1)
  }
  for (const [account, share] of [...plan.accounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const able = ids.filter((id) => staying.get(id)?.accounts.includes(account) === true)
    const holder = holderOf(recordOf(share), (id) => able.includes(id))
    if (holder === null) open.push({ share, able })
    else give(share, holder)
  }
  for (const { share, able } of open) {
    const fewest = Math.min(...able.map((id) => accountsOf.get(id) ?? 0))
    const id = closest(
      share,
      able.filter((one) => (accountsOf.get(one) ?? 0) === fewest),
    )
    if (id !== null) give(share, id)
  }
  for (const [account, share] of plan.accounts) {
    const willing = ids.filter((id) => {
      const member = staying.get(id)
      return member?.standby === true && member.accounts.includes(account) && id !== targets.get(share)
    })
    const { next } = recordOf(share)
    const second = next !== null && willing.includes(next) ? next : closest(share, willing)
    if (second !== null) seconds.set(share, second)
  }
  return { targets, seconds }
}

function holderOf({ owner, next }: ShareRecord, isAble: (id: string) => boolean): string | null {
  if (owner !== null && isAble(owner)) return owner
  return next !== null && isAble(next) ? next : null
}
