import type { DataMessage, Stream } from '@tapewire/core'
import type { Admission, ReceivedFrame } from '../parser/admission.js'
import { lateMark } from './account-records.js'
import { OrderStates } from './order-states.js'

/** What is told of an account: each event was stored once, and an order does not go back. */
export class AccountAdmission implements Admission {
  readonly #orders = new OrderStates()

  admit(_stream: Stream, { messages, mark }: ReceivedFrame): readonly DataMessage[] {
    return messages.filter((message) => this.#orders.admit(message, mark === lateMark))
  }

  /** How a stream is at the relay says nothing of what is told of it. */
  noteState(): void {}
}
