import { StreamError } from '@tapewire/core'
import type { KeyTable } from '../tables/key-table.js'

/** What has to be the same for every member of a group, by the names of its options. Lists are alike in whichever order. */
export type Terms = Readonly<Record<string, string | number | readonly string[]>>

/** Where the terms of a group are, beside its shares. */
const charterKey = 'charter'

/** How many entries of a list an error names. */
const maxNamed = 8

/**
 * What the members of a group have in common, as the first of them wrote it: who differs is no member. It is written by compare-and-set alone, twice by whoever joins: before, where the group
 * is empty and has other terms, and after, where it is written over as it is. Whoever found the group empty a moment before that finds another revision then, and looks again.
 */
export class Charter {
  readonly #members: KeyTable
  readonly #shares: KeyTable
  readonly #terms: Terms

  constructor(members: KeyTable, shares: KeyTable, terms: Terms) {
    this.#members = members
    this.#shares = shares
    this.#terms = ordered(terms)
  }

  /** Before a member joins. Rejects with `ERR_GROUP_MISMATCH` where the group has other terms and somebody is in it, and where the tables do not answer. */
  async agree(): Promise<void> {
    for (;;) {
      const entry = await this.#shares.get(charterKey)
      const found = entry === null ? null : readTerms(entry.value)
      if (found !== null && differences(found, this.#terms).length === 0) return
      // After the charter was read: who joins later writes it anew, and then it is not written over here.
      if (found !== null && (await this.#members.keys()).length > 0) throw mismatch(found, this.#terms)
      if (await this.#write(entry?.revision ?? null)) return
    }
  }

  /** Once others see the member, and before it has anything. Rejects as `agree`. */
  async seal(): Promise<void> {
    for (;;) {
      const entry = await this.#shares.get(charterKey)
      const found = entry === null ? null : readTerms(entry.value)
      if (found !== null && differences(found, this.#terms).length > 0) throw mismatch(found, this.#terms)
      if (await this.#write(entry?.revision ?? null)) return
    }
  }

  async #write(over: number | null): Promise<boolean> {
    const value = JSON.stringify(this.#terms)
    const revision =
      over === null ? await this.#shares.create(charterKey, value) : await this.#shares.update(charterKey, value, over)
    return revision !== null
  }
}

function ordered(terms: Terms): Terms {
  const values = Object.entries(terms).map(([name, value]) => [
    name,
    typeof value === 'object' ? [...new Set(value)].sort() : value,
  ])
  return Object.fromEntries(values) as Terms
}

/** Null for what no member of ours wrote: that is as good as nothing. */
function readTerms(text: string): Terms | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return Object.values(value).every(isTerm) ? (value as Terms) : null
  } catch {
    return null
  }
}

function isTerm(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string')
  return typeof value === 'string' || typeof value === 'number'
}

function differences(group: Terms, own: Terms): readonly string[] {
  const names = [...new Set([...Object.keys(own), ...Object.keys(group)])]
  return names.filter((name) => JSON.stringify(group[name]) !== JSON.stringify(own[name]))
}

function mismatch(group: Terms, own: Terms): StreamError {
  const names = differences(group, own)
  const context = names.map((name) => {
    const [ofGroup, ofOwn] = [group[name], own[name]]
    return [name, `group ${shown(ofGroup, ofOwn)}; this member ${shown(ofOwn, ofGroup)}`]
  })
  return new StreamError('ERR_GROUP_MISMATCH', `This member differs from its group in ${names.join(', ')}.`, {
    context: Object.fromEntries(context) as Record<string, string>,
    hint: 'Start it with what the group has. To change that, stop every member and start them with the new values: a group that nobody is in takes those of the first. One that died is in it for as long as a lease.',
  })
}

/** A value as an error says it: of a list how long it is, and what the other one does not have. */
function shown(value: Terms[string] | undefined, other: Terms[string] | undefined): string {
  if (value === undefined) return 'none'
  if (typeof value !== 'object') return String(value)
  const alone = value.filter((one) => typeof other !== 'object' || !other.includes(one))
  if (alone.length === 0) return String(value.length)
  const more = alone.length > maxNamed ? ` and ${alone.length - maxNamed} more` : ''
  return `${value.length}, of them ${alone.slice(0, maxNamed).join(', ')}${more} by itself`
}
