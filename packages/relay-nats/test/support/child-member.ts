import { ScriptProcess } from './child-process.js'
import type { RelayScene } from './scene.js'

/** What a member in a process of its own says of itself, whenever that changes. */
export interface MemberReport {
  /** How often it has joined. */
  readonly memberships: number
  /** The instruments that it relays now. */
  readonly symbols: readonly string[]
}

/** A member of a group of Gate.io's trades and books of two instruments, in a process of its own. */
export class ChildMember {
  readonly process: ScriptProcess
  readonly #last: () => MemberReport

  private constructor(process: ScriptProcess, last: () => MemberReport) {
    this.process = process
    this.#last = last
  }

  static async start({ nats, venue }: RelayScene, name: string, leaseMs: number): Promise<ChildMember> {
    let last: MemberReport = { memberships: 0, symbols: [] }
    const args = [nats.url, venue.url, venue.restUrl, name, String(leaseMs)]
    const process = await ScriptProcess.start('./member-process.ts', args, (message) => {
      last = message as MemberReport
    })
    return new ChildMember(process, () => last)
  }

  get memberships(): number {
    return this.#last().memberships
  }

  get symbols(): readonly string[] {
    return this.#last().symbols
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.kill()
  }
}
