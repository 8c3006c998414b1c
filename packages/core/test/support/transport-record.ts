import type { InboundFrame } from '../../src/model/inbound-frame.js'
import type { TransportClose, TransportListener } from '../../src/strategy/transport.js'
import { Waiting } from './waiting.js'

/** A transport's listener that writes everything down. */
export class TransportRecord implements TransportListener {
  /** Text messages as they are, binary ones as `0x…`. */
  readonly messages: string[] = []
  readonly closes: TransportClose[] = []
  pongs: number = 0
  /** Called for each message, after it has been written down. */
  onMessage: (message: string) => void = () => {}
  readonly #waiting: Waiting = new Waiting()

  onFrame({ bytes, start, end, isBinary }: InboundFrame): void {
    const content = bytes.subarray(start, end)
    const message = isBinary ? `0x${content.toString('hex')}` : content.toString()
    this.messages.push(message)
    this.#waiting.wake()
    this.onMessage(message)
  }

  onPong(): void {
    this.pongs += 1
    this.#waiting.wake()
  }

  onClose(close: TransportClose): void {
    this.closes.push(close)
    this.#waiting.wake()
  }

  until(condition: () => boolean): Promise<void> {
    return this.#waiting.until(condition)
  }

  /** How the transport ended, once it has. */
  async closed(): Promise<TransportClose> {
    await this.until(() => this.closes.length > 0)
    return this.closes[0] as TransportClose
  }
}
