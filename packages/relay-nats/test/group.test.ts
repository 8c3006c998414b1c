import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { StreamError } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { hasNatsServer, NatsServer, startCluster } from '../../../tools/nats-server.js'
import type { GroupOptions } from '../src/group/group-options.js'
import { type Group, joinGroup } from '../src/group/join-group.js'

const shares = 8

/** A member on the machine's own clock. */
class Member {
  readonly epochs = new Map<string, number>()
  readonly warm: string[] = []
  readonly errors: Error[] = []
  readonly #group: Promise<Group>

  constructor(
    servers: readonly string[],
    member: string,
    options: Partial<Pick<GroupOptions, 'leaseMs' | 'replicas' | 'retry'>> = {},
  ) {
    this.#group = joinGroup(
      { servers, group: 'test', exchange: 'acme_spot', member, shares, leaseMs: 1_000, ...options },
      {
        prepare: async () => {},
        own: (share, { epoch, isWarm }) => {
          this.epochs.set(share, epoch)
          if (isWarm) this.warm.push(share)
        },
        letGo: (share) => {
          this.epochs.delete(share)
        },
        onError: (error) => this.errors.push(error),
      },
    )
  }

  get group(): Promise<Group> {
    return this.#group
  }

  async leave(): Promise<void> {
    const group = await this.#group
    await group.leave(5_000)
  }
}

describe.skipIf(!hasNatsServer)('a group over a real nats-server', () => {
  it('spreads its shares, and hands them over warm when a member leaves in order', async () => {
    await using server = await NatsServer.start()
    const one = new Member([server.url], 'one')
    await until(() => one.epochs.size === shares)
    const before = Math.max(...one.epochs.values())
    const two = new Member([server.url], 'two')
    await until(() => one.epochs.size === 4 && two.epochs.size === 4)
    expect(two.warm).toHaveLength(4)
    expect(Math.min(...two.epochs.values())).toBeGreaterThan(before)
    await one.leave()
    await until(() => two.epochs.size === shares)
    expect(two.warm).toHaveLength(shares)
    const left = await two.group
    await until(() => left.members().join() === 'two')
    await two.leave()
    expect([...one.errors, ...two.errors]).toEqual([])
  })

  it('refuses a member whose lease has another length', async () => {
    await using server = await NatsServer.start()
    const one = new Member([server.url], 'one')
    await one.group
    const error = await new Member([server.url], 'two', { leaseMs: 2_000 }).group.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_GROUP_MISMATCH', context: { leaseMs: 'group 1000; this member 2000' } })
    await one.leave()
  })

  it('goes on when the server was away for longer than a lease: the shares are taken anew, under a greater epoch', async () => {
    await using server = await NatsServer.start()
    const one = new Member([server.url], 'one')
    await until(() => one.epochs.size === shares)
    const before = Math.max(...one.epochs.values())
    await server.stop()
    await until(() => one.epochs.size === 0)
    expect(one.errors).toHaveLength(1)
    await server.restart()
    await until(() => one.epochs.size === shares)
    expect(Math.min(...one.epochs.values())).toBeGreaterThan(before)
    await one.leave()
  })

  it('waits for the leader that a cluster of three has not yet, or lost a moment ago, with retry, and goes on without the server that led', async () => {
    const servers = await startCluster(3)
    try {
      const urls = servers.map(({ url }) => url)
      const options = { leaseMs: 3_000, replicas: 3, retry: true }
      // Nobody leads yet.
      const one = new Member(urls, 'one', options)
      await until(() => one.epochs.size === shares)
      const leader = await leaderOf('KV_tapewire-test-acme_spot-shares', urls)
      await servers[leader]?.stop('SIGKILL')
      const two = new Member(urls, 'two', options)
      await until(() => one.epochs.size === 4 && two.epochs.size === 4)
      // What is said is that NATS is not there, once each time: nothing that the user could mend.
      const codes = [...one.errors, ...two.errors].map((error) => (error as StreamError).code)
      expect(codes.filter((code) => !passing.has(code))).toEqual([])
      await Promise.all([one.leave(), two.leave()])
    } finally {
      for (const server of servers) await server[Symbol.asyncDispose]()
    }
  }, 60_000)
})

/** What a member may say of a cluster that has no leader. */
const passing: ReadonlySet<string> = new Set(['ERR_CONNECTION_CLOSED', 'ERR_CONNECTION_REFUSED', 'ERR_OUTCOME_UNKNOWN'])

/** Which of the servers leads what a stream is kept by. */
async function leaderOf(stream: string, servers: string[]): Promise<number> {
  const connection = await connect({ servers })
  const { cluster } = await (await jetstreamManager(connection)).streams.info(stream)
  await connection.close()
  return Number(cluster?.leader?.slice(-1)) - 1
}

/** Resolves once it is so; the test's own time limit ends the wait. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}
