import type { Instrument } from '@tapewire/core'
import type { SimulatedConnection } from '@tapewire/testkit'
import { describe, type Happening } from '../script/script.js'
import type { World } from './world.js'

/** Has a step happen. What lasts is begun, and `end()` ends it. */
export function perform(world: World, step: Happening): { readonly end: (() => void) | null } {
  world.trace.note(userKinds.has(step.kind) ? 'user' : 'fault', describe(step))
  return { end: begin(world, step) }
}

const userKinds: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe', 'await-book', 'slow-handler', 'close'])

function begin(world: World, step: Happening): (() => void) | null {
  const { user, network, venue, market, pairs } = world
  const { faults } = network
  const { control } = venue
  const pairOf = (index: number): Instrument => pairs[index] as Instrument
  const chosen = (which: number | null): SimulatedConnection | undefined => choose(world, which)
  switch (step.kind) {
    case 'subscribe':
      void user.subscribe(step)
      return null
    case 'unsubscribe':
      void user.unsubscribe(step)
      return null
    case 'await-book':
      void user.awaitBook(pairOf(step.pair), step.patienceMs)
      return null
    case 'close':
      void user.close()
      return null
    case 'slow-handler':
      world.handlerMs = step.eachMs
      return () => {
        world.handlerMs = 0
      }
    case 'cut':
      if (isThere(world, step.which)) faults.cut(chosen(step.which))
      return null
    case 'close-frame':
      if (isThere(world, step.which)) faults.close(step.code ?? undefined, undefined, chosen(step.which))
      return null
    case 'half-open':
      if (isThere(world, step.which)) faults.halfOpen(chosen(step.which))
      return null
    case 'stall':
      faults.stall()
      return () => faults.resume()
    case 'freeze':
      faults.freeze()
      return () => faults.resume()
    case 'unreachable':
      faults.unreachable(step.how)
      return () => faults.unreachable(null)
    case 'refuse-handshakes': {
      const { status, body, retryAfterS } = step
      faults.refuseHandshakes({
        status,
        body,
        headers: retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) },
      })
      return () => faults.refuseHandshakes(null)
    }
    case 'refuse-requests':
      faults.refuseRequests({ status: step.status, body: '{"message":"not now"}' })
      return () => faults.refuseRequests(null)
    case 'ignore-requests':
      faults.ignoreRequests()
      return () => faults.ignoreRequests(false)
    case 'slow-network':
      faults.slow(step.extraMs)
      return () => faults.slow(0)
    case 'repeat-book-frames':
      faults.rewrite((data) => {
        const text = typeof data === 'string' ? data : Buffer.from(data).toString('latin1')
        const isUpdate = world.exchange.bookFrame.test(text) && !/"event":"(?:un)?subscribe"/.test(text)
        return isUpdate ? [data, data] : [data]
      })
      return () => faults.rewrite(null)
    case 'refuse-pair':
      control.refusePair(pairOf(step.pair))
      return () => control.listPair(pairOf(step.pair))
    case 'lose-subscriptions':
      world.losesSubscriptions = true
      return () => {
        world.losesSubscriptions = false
      }
    case 'silence-acks':
      control.silenceAcks()
      return () => control.silenceAcks(false)
    case 'delay-acks':
      control.delayAcks(step.byMs)
      return () => control.delayAcks(0)
    case 'silence-pongs':
      control.silencePongs()
      return () => control.silencePongs(false)
    case 'skip-updates':
      control.skipUpdates(pairOf(step.pair), step.pushes)
      return null
    case 'stale-snapshots':
      control.staleSnapshots(step.requests)
      return null
    case 'spoil-snapshots':
      control.spoilSnapshots(step.how)
      return () => control.spoilSnapshots(null)
    case 'block-rest':
      control.blockRest(step.how)
      return () => control.blockRest(null)
    case 'full-book':
      control.pushFullBook?.(pairOf(step.pair))
      return null
    case 'announce-upgrade':
      control.announceUpgrade?.(step.closeAfterMs ?? undefined)
      return null
    case 'expire-listen-keys':
      control.expireListenKeys?.()
      return null
    case 'reuse-listen-keys':
      control.reuseListenKeys?.()
      return () => control.reuseListenKeys?.(false)
    case 'market-burst':
      for (let index = 0; index < step.steps; index++) market.step()
      return null
  }
}

/** Connections that a fault can meet. */
function open({ network }: World): readonly SimulatedConnection[] {
  return network.connections.filter(({ isClientOpen, isServerOpen }) => isClientOpen && isServerOpen)
}

function choose(world: World, which: number | null): SimulatedConnection | undefined {
  const all = open(world)
  return which === null ? undefined : all[Math.floor(which * all.length)]
}

/** One that was chosen among none is nobody; all of none are nobody anyway. */
function isThere(world: World, which: number | null): boolean {
  return which === null || open(world).length > 0
}
