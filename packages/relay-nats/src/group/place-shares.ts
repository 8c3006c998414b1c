/** Who has what now: share to member. */
export type Owners = ReadonlyMap<string, string>

/**
 * Which member each share belongs to. The same answer on every machine that knows the same, in whichever order it knows it. Each member gets the same number of shares, or one more;
 * of those whose owner is a member, no more move than this asks for. Nothing where there are no members.
 */
export function placeShares(shares: readonly string[], members: readonly string[], owners: Owners): Owners {
  const placed = new Map<string, string>()
  if (members.length === 0) return placed
  const held = new Map<string, string[]>([...members].sort().map((member) => [member, []]))
  const orphans: string[] = []
  for (const share of [...new Set(shares)].sort()) {
    const owner = owners.get(share)
    ;(owner === undefined ? orphans : (held.get(owner) ?? orphans)).push(share)
  }
  const rooms = new Map<string, number>()
  for (const [member, quota] of quotas(held, new Set(shares).size)) {
    const own = byAffinity(held.get(member) ?? [], member)
    for (const share of own.slice(0, quota)) placed.set(share, member)
    orphans.push(...own.slice(quota))
    rooms.set(member, Math.max(0, quota - own.length))
  }
  for (const share of orphans.sort()) {
    const member = closest(
      share,
      [...rooms.keys()].filter((name) => (rooms.get(name) ?? 0) > 0),
    ) as string
    rooms.set(member, (rooms.get(member) ?? 0) - 1)
    placed.set(share, member)
  }
  return placed
}

/** Of some members the one that a share goes to where nothing else decides; null of none. */
export function closest(share: string, members: readonly string[]): string | null {
  let best: string | null = null
  for (const member of members) {
    if (best === null || compareAffinity(share, member, share, best) < 0) best = member
  }
  return best
}

/** 32 bits that depend on every character of a text, alike on every machine. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  // Without this, texts that differ in their last character have hashes in the same order for every member.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** How many shares each member is to have: who has most keeps the one more, so that nothing moves for its sake. */
function quotas(held: ReadonlyMap<string, readonly string[]>, shares: number): readonly (readonly [string, number])[] {
  const base = Math.floor(shares / held.size)
  const extra = shares % held.size
  return [...held]
    .sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || compare(a, b))
    .map(([member], index) => [member, index < extra ? base + 1 : base] as const)
}

function byAffinity(shares: readonly string[], member: string): readonly string[] {
  return [...shares].sort((a, b) => compareAffinity(a, member, b, member))
}

function compareAffinity(shareA: string, memberA: string, shareB: string, memberB: string): number {
  const difference = hashOf(`${shareB}\n${memberB}`) - hashOf(`${shareA}\n${memberA}`)
  return difference || compare(shareA, shareB) || compare(memberA, memberB)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
