import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GroupWorld, leaseMs, type Machine } from '../../test/support/group-world.js'

/** Something that happens to a group, to the machine of that number where there is one. */
type Event = 'join' | 'leave' | 'die' | 'stop' | 'go on' | 'cut' | 'mend'

const happening = fc.record({
  what: fc.constantFrom<Event[]>('join', 'leave', 'die', 'stop', 'go on', 'cut', 'mend'),
  machine: fc.nat(4),
  afterMs: fc.oneof(fc.nat(400), fc.nat(9_000)),
})

function happen(world: GroupWorld, what: Event, machine: Machine | undefined): void {
  if (what === 'join' && world.machines.filter(({ isDead }) => !isDead).length < 5) {
    world.add(`m${world.machines.length + 1}`, { accounts: ['main'], standby: world.machines.length % 2 === 0 })
  }
  if (machine === undefined || machine.isDead) return
  if (what === 'die') machine.die()
  if (what === 'stop') machine.stop()
  if (what === 'cut') machine.cut()
  if (what === 'mend') machine.mend()
  if (what === 'leave' && machine.runs) void machine.member.leave(3_000).then(() => machine.die())
  if (what === 'go on' && machine.isStopped) {
    machine.goOn(() => {
      // Frames of the exchange come before any timer.
      for (const share of [...machine.publishing]) machine.member.mayPublish(share)
    })
  }
}

describe('a group to which anything happens', () => {
  it('never has two that publish a share, has greater epochs at each new owner, and owns every share once again after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 1, maxLength: 12 }),
        fc.infiniteStream(fc.nat(99)),
        async (happenings, chances) => {
          const world = new GroupWorld(4, ['main'])
          const chance = (): number => Number(chances.next().value)
          let isFaulty = true
          world.delayMs = () => 1 + (chance() % 40)
          world.losesAnswer = () => isFaulty && chance() < 8
          const shares = world.allShares
          const check = (): void => {
            for (const share of shares) {
              const publishers = world.publishers(share)
              if (publishers.length > 1) throw new Error(`${share} is published by ${publishers.join(' and ')}.`)
            }
          }
          world.add('m1', { accounts: ['main'] })
          for (const { what, machine, afterMs } of happenings) {
            const alive = world.machines.filter(({ isDead }) => !isDead)
            happen(world, what, alive[machine % Math.max(1, alive.length)])
            await world.pass(afterMs, check)
          }
          isFaulty = false
          for (const machine of world.machines) {
            if (machine.isDead) continue
            machine.mend()
            if (machine.isStopped) machine.goOn()
          }
          world.add('last', { accounts: ['main'] })
          await world.pass(5 * leaseMs, check)
          for (const share of shares) {
            expect(world.publishers(share)).toHaveLength(1)
            const epochs = world.told
              .filter((told) => told.share === share)
              .flatMap(({ ownership }) => ownership?.epoch ?? [])
            for (const [index, epoch] of epochs.entries()) expect(epoch).toBeGreaterThan(epochs[index - 1] ?? 0)
          }
          const each = Object.values(world.spread())
          expect(Math.max(...each) - Math.min(...each)).toBeLessThan(2)
        },
      ),
      { numRuns: Number(process.env.GROUP_RUNS ?? 12) },
    )
  })
})
