import type { Clock } from '@tapewire/core'

/** Connections one key may carry. Source: MEXC spot v3 API docs, "Websocket User Data Streams". */
const maxConnectionsPerKey = 5

/** From its last renewal. Source: MEXC spot v3 API docs, "Listen Key". */
const listenKeyLifetimeMs = 60 * 60_000

interface Issued {
  expiresAt: number
  connections: number
}

/** The listen keys the venue has issued. They end on the clock; the connections they opened stay, and fall silent. */
export class IssuedListenKeys {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #issued = new Map<string, Issued>()
  /** Whether `issue` names a key that lives already, as MEXC sometimes does. */
  reuses: boolean = false

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** Keys that live. */
  get live(): readonly string[] {
    return [...this.#issued.keys()].filter((key) => this.isLive(key))
  }

  isLive(key: string): boolean {
    return (this.#issued.get(key)?.expiresAt ?? 0) > this.#clock.now()
  }

  issue(): string {
    const known = this.reuses ? this.live[0] : undefined
    if (known !== undefined) return known
    const key = Array.from({ length: 64 }, () => Math.floor(this.#random() * 16).toString(16)).join('')
    this.#issued.set(key, { expiresAt: this.#clock.now() + listenKeyLifetimeMs, connections: 0 })
    return key
  }

  /** Whether the key was live and now lives another hour. */
  renew(key: string): boolean {
    const issued = this.#issued.get(key)
    if (issued === undefined || !this.isLive(key)) return false
    issued.expiresAt = this.#clock.now() + listenKeyLifetimeMs
    return true
  }

  /** Whether the key was live and now is not. */
  revoke(key: string): boolean {
    const wasLive = this.isLive(key)
    this.#issued.delete(key)
    return wasLive
  }

  expireAll(): void {
    this.#issued.clear()
  }

  /** Counts one more connection; false where the key does not live or is full. */
  connect(key: string): boolean {
    const issued = this.#issued.get(key)
    if (issued === undefined || !this.isLive(key) || issued.connections >= maxConnectionsPerKey) return false
    issued.connections += 1
    return true
  }

  disconnect(key: string): void {
    const issued = this.#issued.get(key)
    if (issued !== undefined) issued.connections -= 1
  }
}
