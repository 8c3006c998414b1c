import { type AgentOptions, Agent as PlainAgent } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import type { Clock, Timer } from '../../clock/clock.js'
import { keepAliveDelayMs } from '../tune-socket.js'

/** How many connections a burst begins with, and most that it may come to. */
const firstWidth = 4
const widest = 32

/** How long a burst is watched before more connections are made for it, ms. */
const patienceMs = 50

/**
 * A connection that is kept waits unused for less than the 60 to 75 s after which load balancers and nginx end it; where the server says in `Keep-Alive` how long it
 * waits itself, Node keeps it for a second less. They keep no process alive.
 */
const agentOptions: AgentOptions = {
  keepAlive: true,
  keepAliveMsecs: keepAliveDelayMs,
  maxFreeSockets: widest,
  timeout: 55_000,
  // That which was used last is the least likely to be ended by the server just now.
  scheduling: 'lifo',
}

/** Until when a request waits for its turn. */
export interface TurnLimits {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * The connections to one REST server, kept between calls. A request waits for one of the few there are rather than have another made, which takes longer than an answer
 * from nearby; where answers come slowly, as from far away, a burst is given more. What was opened for a burst serves the next one too.
 */
export class RestServer {
  readonly agent: PlainAgent
  #underWay = 0
  /** Requests that were answered while the burst was watched. */
  #answered = 0
  #watch: Timer | null = null
  readonly #waiting = new Set<() => void>()

  constructor(protocol: 'http:' | 'https:') {
    this.agent = protocol === 'https:' ? new SecureAgent(agentOptions) : new PlainAgent(agentOptions)
    this.agent.maxSockets = firstWidth
  }

  /** Whether nothing is asked of it. */
  get isIdle(): boolean {
    return this.#underWay === 0
  }

  /** Calls `send` once it is the request's turn. Rejects as it does, or with the signal's reason. */
  async inTurn<Value>(limits: TurnLimits, send: () => Promise<Value>): Promise<Value> {
    const { agent } = this
    if (this.#underWay === 0) agent.maxSockets = Math.max(firstWidth, this.#keptConnections())
    if (this.#underWay < agent.maxSockets) this.#underWay += 1
    else await this.#turn(limits)
    try {
      return await send()
    } finally {
      this.#underWay -= 1
      this.#answered += 1
      this.#admit()
    }
  }

  /** Ends connections that nobody uses. Those in use are ended by the signals of who uses them. */
  dropKept(): void {
    for (const kept of Object.values(this.agent.freeSockets)) for (const socket of kept ?? []) socket.destroy()
  }

  /** Ends every connection. */
  close(): void {
    this.#stopWatching()
    this.agent.destroy()
  }

  #keptConnections(): number {
    return Object.values(this.agent.freeSockets).reduce((sum, kept) => sum + (kept?.length ?? 0), 0)
  }

  /** Resolves with the request counted among those under way. */
  #turn({ clock, signal }: TurnLimits): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal.removeEventListener('abort', onAbort)
        this.#waiting.delete(begin)
        this.#underWay += 1
        resolve()
      }
      const onAbort = (): void => {
        this.#waiting.delete(begin)
        if (this.#waiting.size === 0) this.#stopWatching()
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(begin)
      if (this.#watch === null) this.#watchBurst(clock)
    })
  }

  #admit(): void {
    for (const begin of this.#waiting) {
      if (this.#underWay >= this.agent.maxSockets) return
      begin()
    }
    this.#stopWatching()
  }

  #watchBurst(clock: Clock): void {
    const { agent } = this
    this.#answered = 0
    this.#watch = clock.setTimer(patienceMs, () => {
      // What waits will be answered in about the same time again: more connections would come too late.
      if (this.#waiting.size > this.#answered) agent.maxSockets = Math.min(widest, agent.maxSockets * 2)
      this.#watch = null
      this.#admit()
      if (this.#waiting.size > 0) this.#watchBurst(clock)
    })
  }

  #stopWatching(): void {
    this.#watch?.cancel()
    this.#watch = null
  }
}
