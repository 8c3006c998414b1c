import { connect, type Socket } from 'node:net'
import { ByteLane, type LaneCounts, type LaneEnv, type LaneTarget } from './byte-lane.js'
import type { CutKind, LaneRules } from './lane-rules.js'
import { type ConnectionFaults, type Direction, makeConnectionFaults } from './link-faults.js'
import type { TcpTarget } from './tcp-target.js'

/** Rules for both directions. */
export interface LinkRules {
  readonly toClient: Partial<LaneRules>
  readonly toServer: Partial<LaneRules>
}

/** One connection through a proxy. */
export interface ProxiedConnection {
  /** 0 for the first that was made, and so on. */
  readonly index: number
  readonly faults: ConnectionFaults
  readonly toClient: LaneCounts
  readonly toServer: LaneCounts
  /** Whether the proxy’s socket to the client, and that to the server, are still there. */
  readonly isClientOpen: boolean
  readonly isServerOpen: boolean
}

/** What a connection needs of its proxy. */
export interface ConnectionEnv extends LaneEnv {
  readonly onChange: () => void
}

/** A client's socket, the socket to the server, and a lane each way in between. Each half ends when the other side ends it, an RST goes on as one. */
export class ProxyLink implements ProxiedConnection {
  readonly index: number
  readonly faults: ConnectionFaults
  readonly toClient: ByteLane
  readonly toServer: ByteLane
  readonly #client: Socket
  readonly #server: Socket
  readonly #onChange: () => void
  readonly #nextTurn: LaneEnv['nextTurn']

  constructor(client: Socket, target: TcpTarget, index: number, env: ConnectionEnv) {
    this.index = index
    this.#client = client
    this.#server = connect({ ...target, allowHalfOpen: true })
    this.#onChange = env.onChange
    this.#nextTurn = env.nextTurn
    this.toClient = this.#lane(this.#server, client, env)
    this.toServer = this.#lane(client, this.#server, env)
    this.faults = makeConnectionFaults({
      apply: (direction, rules) => this.apply(direction, rules),
      act: (action) => action(this),
    })
    this.#join(client, this.toServer, this.toClient)
    this.#join(this.#server, this.toClient, this.toServer)
  }

  get isClientOpen(): boolean {
    return !this.#client.destroyed
  }

  get isServerOpen(): boolean {
    return !this.#server.destroyed
  }

  /** Whether both sockets have told their end. */
  get isClosed(): boolean {
    return this.#client.closed && this.#server.closed
  }

  begin({ toClient, toServer }: LinkRules): void {
    this.toClient.apply(toClient)
    this.toServer.apply(toServer)
  }

  apply(direction: Direction, rules: Partial<LaneRules>): void {
    if (direction !== 'to-server') this.toClient.apply(rules)
    if (direction !== 'to-client') this.toServer.apply(rules)
  }

  /** A FIN that way, and nothing more behind it. */
  end(direction: Direction): void {
    if (direction !== 'to-server') this.#endHalf(this.toClient, this.#client)
    if (direction !== 'to-client') this.#endHalf(this.toServer, this.#server)
  }

  /** An RST both ways. */
  reset(): void {
    this.#stop()
    for (const socket of [this.#client, this.#server]) resetSocket(socket)
  }

  /** Writes these bytes as if the other side had sent them, past everything that waits. */
  inject(bytes: Uint8Array, direction: Direction): void {
    if (direction !== 'to-server' && this.#client.writable) this.#client.write(bytes)
    if (direction !== 'to-client' && this.#server.writable) this.#server.write(bytes)
  }

  destroy(): void {
    this.#stop()
    for (const socket of [this.#client, this.#server]) socket.destroy()
  }

  #stop(): void {
    this.toClient.stop()
    this.toServer.stop()
  }

  #endHalf(lane: ByteLane, socket: Socket): void {
    lane.stop()
    socket.end()
  }

  #lane(from: Socket, to: Socket, env: ConnectionEnv): ByteLane {
    const target: LaneTarget = {
      write: (bytes) => to.write(bytes),
      finish: (how) => {
        if (how === 'end') to.end()
        else resetSocket(to)
      },
    }
    return new ByteLane(
      target,
      {
        setReading: (isReading) => {
          if (isReading) from.resume()
          else from.pause()
        },
        onCut: (how) => this.#cut(how, to),
        onChange: env.onChange,
      },
      env,
    )
  }

  #cut(how: CutKind, last: Socket): void {
    if (how === 'end') {
      this.end('both')
      return
    }
    this.#stop()
    // What was passed has to be read: a reset would take back what is on its way, and systems tell of what they have and of the reset in either order.
    if (how === 'reset') last.write('', () => this.#nextTurn(() => this.reset()))
  }

  #join(socket: Socket, out: ByteLane, into: ByteLane): void {
    let hasFailed = false
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => out.receive(bytes))
    socket.on('end', () => out.finish('end'))
    socket.on('drain', () => into.drained())
    socket.on('error', () => {
      hasFailed = true
    })
    socket.on('close', () => {
      if (hasFailed) out.finish('reset')
      // Nobody is there to take anything.
      into.stop()
      this.#onChange()
    })
  }
}

/** A socket that is still connecting has no connection to reset. */
function resetSocket(socket: Socket): void {
  if (socket.connecting) socket.destroy()
  else socket.resetAndDestroy()
}
