/** When a relay was first and last heard of, epoch ms. */
interface Owner {
  readonly since: number
  seenAt: number
}

/**
 * Which relays publish a channel of an account. Any number may: each event is told once, whoever is first. So the end of one is a hole only where no other was there before
 * it was heard for the last time.
 */
export class AccountOwners {
  readonly #owners = new Map<number, Owner>()

  get count(): number {
    return this.#owners.size
  }

  get relays(): readonly number[] {
    return [...this.#owners.keys()]
  }

  /** Whoever published it does not any more. */
  clear(): void {
    this.#owners.clear()
  }

  /** A relay publishes the channel, `now` in epoch ms. */
  add(relay: number, now: number): void {
    const owner = this.#owners.get(relay)
    if (owner === undefined) this.#owners.set(relay, { since: now, seenAt: now })
    else owner.seenAt = now
  }

  /** A relay lives, whether it publishes the channel or not. */
  saw(relay: number, now: number): void {
    const owner = this.#owners.get(relay)
    if (owner !== undefined) owner.seenAt = now
  }

  /** A relay is dead. Returns whether events may be missing because of that. */
  end(relay: number): boolean {
    const ended = this.#owners.get(relay)
    if (ended === undefined) return false
    this.#owners.delete(relay)
    for (const { since } of this.#owners.values()) if (since <= ended.seenAt) return false
    return true
  }
}
