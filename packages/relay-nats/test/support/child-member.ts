import { ScriptProcess } from './child-process.js'

/** What a member in a process of its own says of itself, whenever that changes. */
export interface MemberReport {
  /** How often it has joined. */
  readonly memberships: number
  /** The instruments that it relays now. */
  readonly symbols: readonly string[]
  /** The accounts that it relays now, and those that it is logged in to. */
  readonly accounts: readonly string[]
  readonly open: readonly string[]
}

/** What a member has to share: trades and books of two instruments, or one account, which it may keep warm. */
export type MemberKind = 'market' | 'account' | 'standby'

/** What it joins. */
export interface MemberWorld {
  readonly nats: { readonly url: string }
  readonly server: { readonly url: string; readonly restUrl: string }
}

/** A member of a group of Gate.io, in a process of its own. */
export class ChildMember {
  readonly process: ScriptProcess
  readonly #last: () => MemberReport

  private constructor(process: ScriptProcess, last: () => MemberReport) {
    this.process = process
    this.#last = last
  }

  static async start(
    { nats, server }: MemberWorld,
    name: string,
    leaseMs: number,
    kind: MemberKind = 'market',
  ): Promise<ChildMember> {
    let last: MemberReport = { memberships: 0, symbols: [], accounts: [], open: [] }
    const args = [nats.url, server.url, server.restUrl, name, String(leaseMs), kind]
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

  get accounts(): readonly string[] {
    return this.#last().accounts
  }

  /** The accounts that it is logged in to. */
  get open(): readonly string[] {
    return this.#last().open
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.kill()
  }
}
