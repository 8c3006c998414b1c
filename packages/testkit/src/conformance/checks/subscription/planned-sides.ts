import type { Stream } from '@tapewire/core'
import type { SubscriptionAction } from '@tapewire/core/adapter'
import { planAll, type StrategySide, strategySides } from '../../lab/by-hand.js'
import type { Lab } from '../../lab/lab.js'
import { manyInstruments } from '../../lab/many-instruments.js'

export const actions: readonly SubscriptionAction[] = ['subscribe', 'unsubscribe']

/** Instruments enough for several requests on most exchanges. */
export const severalRequests = 120

/** One kind of strategies, and what they plan. */
export interface PlannedSide {
  readonly side: StrategySide
  readonly set: ReturnType<StrategySide['make']>
  readonly streams: readonly Stream[]
}

/** Every stream of every kind of strategies, of `more` instruments beside those of the lab. */
export function plans(lab: Lab, more = 0): readonly PlannedSide[] {
  const instruments = [...lab.instruments, ...manyInstruments(lab, more)]
  return strategySides(lab).map((side) => {
    const set = side.make()
    return { side, set, streams: planAll(set, side, instruments) }
  })
}

/** What is sent, as text: bytes as they are. */
export function textOf(payload: string | Uint8Array): string {
  return typeof payload === 'string' ? payload : Buffer.from(payload).toString('latin1')
}
