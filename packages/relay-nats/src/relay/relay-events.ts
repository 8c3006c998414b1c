import type { StreamError } from '@tapewire/core'

/** What a relay tells, by event name. */
export interface RelayEvents {
  /** NATS is there, or away; `error` says why it is away. */
  readonly connection: { readonly isConnected: boolean; readonly error: StreamError | null }
  /** So many records were dropped: NATS was away, or did not keep up, for longer than the bound allows. Consumers are told by the hole in the numbers. */
  readonly drop: { readonly records: number }
  /** Whatever went wrong and was survived. */
  readonly error: StreamError
}

export type RelayEvent = keyof RelayEvents

type Listener<Event extends RelayEvent> = (payload: RelayEvents[Event]) => unknown

/** Who listens to a relay. A listener that throws, or rejects, ends nothing. */
export class RelayEmitter {
  readonly #listeners: { readonly [Event in RelayEvent]: Set<Listener<Event>> } = {
    connection: new Set(),
    drop: new Set(),
    error: new Set(),
  }

  on<Event extends RelayEvent>(event: Event, listener: Listener<Event>): () => void {
    const listeners: Set<Listener<Event>> = this.#listeners[event]
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  emit<Event extends RelayEvent>(event: Event, payload: RelayEvents[Event]): void {
    const listeners: Set<Listener<Event>> = this.#listeners[event]
    for (const listener of [...listeners]) void settle(() => listener(payload))
  }
}

/** What a user's callback does with what it is told is its own affair. */
async function settle(call: () => unknown): Promise<void> {
  try {
    await call()
  } catch {
    // There is nobody left to tell.
  }
}
