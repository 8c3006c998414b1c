import type { DataMessage, Stream } from '@tapewire/core'
import type { RelayedState } from '../../encoding/records/state.js'
import type { Admission, ReceivedFrame } from '../parser/admission.js'
import { lateMark } from './account-records.js'
import type { AccountStreams } from './account-streams.js'
import { OrderStates } from './order-states.js'

/** What is told of an account: each event was stored once, and an order does not go back. */
export class AccountAdmission implements Admission {
  readonly #streams: AccountStreams
  readonly #orders = new OrderStates()

  constructor(streams: AccountStreams) {
    this.#streams = streams
  }

  admit(_stream: Stream, { messages, mark }: ReceivedFrame): readonly DataMessage[] {
    return messages.filter((message) => this.#orders.admit(message, mark === lateMark))
  }

  /** What the relay has missed is missing here as well. */
  noteState(stream: Stream, { status }: RelayedState): void {
    if (status === 'gapped') this.#streams.positionOf(stream)?.noteHole()
  }
}
