import type { CutKind, LaneRules } from './lane-rules.js'
import { healthy } from './lane-rules.js'

/** Which bytes are meant: those to the client, those to the server, or both. */
export type Direction = 'to-client' | 'to-server' | 'both'

/** A line that is slow in one way or more. What is left out is as on a healthy one. */
export interface SlowLink {
  /** Above 0. */
  readonly bytesPerSecond?: number
  /** How long each byte is on its way, ms. */
  readonly latencyMs?: number
  /** How much longer it may be, ms: drawn anew for each read, by the proxy's seed. Order is kept. */
  readonly jitterMs?: number
}

/** What can be done to a connection below everything that is said on it. Each lasts until `heal()`; they add up. A number out of range is a `RangeError`. */
export interface LinkFaults {
  /**
   * Loses every byte from now on, FIN and RST too, while both sockets stay open: the peer is gone and nobody says so. What is lost is lost: such a connection stays
   * so, `heal()` is for those to come.
   */
  halfOpen(direction?: Direction): void
  /** Delivers nothing until `heal()`, and then everything in order, the end too. Little is kept: beyond 256 KiB the sender has to wait. */
  stall(direction?: Direction): void
  slow(how: SlowLink, direction?: Direction): void
  /** Delivers so many bytes at a time, each lot with a write and a turn of the event loop of its own. Default 1. */
  split(bytes?: number, direction?: Direction): void
  /** As `split`, in lots of 1 to `atMostBytes` by the proxy's seed. Default 64. */
  splitAtRandom(atMostBytes?: number, direction?: Direction): void
  /** Inverts one byte: that behind the next `afterBytes`. Default: the very next one, to the client. */
  corrupt(afterBytes?: number, direction?: Direction): void
  /** Ends the connection both ways once so many more bytes went this way: with a FIN (default), an RST, or silently. Default direction: to the client. */
  cutAfter(bytes: number, how?: CutKind, direction?: Direction): void
  heal(direction?: Direction): void
}

/** … and what is done at once, to connections that are there. */
export interface ConnectionFaults extends LinkFaults {
  /** A FIN, without a close frame; nothing more goes that way. Default: to both sides. */
  end(direction?: Direction): void
  /** An RST to both sides. */
  reset(): void
  /** Sends these bytes as if they came from the other side. Default: to the client. */
  inject(bytes: Uint8Array, direction?: Direction): void
}

/** What actions are done to. */
export interface Breakable {
  end(direction: Direction): void
  reset(): void
  inject(bytes: Uint8Array, direction: Direction): void
}

/** Where rules go to. */
export type ApplyRules = (direction: Direction, rules: Partial<LaneRules>) => void

/** All that ends with `heal()`. */
const healed: Partial<LaneRules> = healthy

export function makeLinkFaults(apply: ApplyRules): LinkFaults {
  return {
    halfOpen: (direction = 'both') => apply(direction, { isLost: true }),
    stall: (direction = 'both') => apply(direction, { isStalled: true }),
    slow: ({ bytesPerSecond = healthy.bytesPerSecond, latencyMs = 0, jitterMs = 0 }, direction = 'both') => {
      if (!(bytesPerSecond > 0)) throw new RangeError(`bytesPerSecond must be above 0, not ${bytesPerSecond}.`)
      checkLeast('latencyMs', latencyMs, 0)
      checkLeast('jitterMs', jitterMs, 0)
      apply(direction, { bytesPerSecond, latencyMs, jitterMs })
    },
    split: (bytes = 1, direction = 'both') => {
      checkLeast('bytes', bytes, 1)
      apply(direction, { pieces: { bytes, isRandom: false } })
    },
    splitAtRandom: (atMostBytes = 64, direction = 'both') => {
      checkLeast('atMostBytes', atMostBytes, 1)
      apply(direction, { pieces: { bytes: atMostBytes, isRandom: true } })
    },
    corrupt: (afterBytes = 0, direction = 'to-client') => {
      checkLeast('afterBytes', afterBytes, 0)
      apply(direction, { corruptAfterBytes: afterBytes })
    },
    cutAfter: (bytes, how = 'end', direction = 'to-client') => {
      checkLeast('bytes', bytes, 0)
      apply(direction, { cut: { afterBytes: bytes, how } })
    },
    heal: (direction = 'both') => apply(direction, healed),
  }
}

/** `act` does something to each connection that is there. */
export function makeConnectionFaults({
  apply,
  act,
}: {
  readonly apply: ApplyRules
  readonly act: (action: (connection: Breakable) => void) => void
}): ConnectionFaults {
  return {
    ...makeLinkFaults(apply),
    end: (direction = 'both') => act((connection) => connection.end(direction)),
    reset: () => act((connection) => connection.reset()),
    inject: (bytes, direction = 'to-client') => act((connection) => connection.inject(bytes, direction)),
  }
}

function checkLeast(name: string, value: number, least: number): void {
  if (!(value >= least && Number.isFinite(value)))
    throw new RangeError(`${name} must be at least ${least}, not ${value}.`)
}
