import { createEnv, type InboundFrame, openSocket, type Transport, type TransportClose } from '@tapewire/core/adapter'
import type { PushDataV3ApiWrapper } from '../../src/shared/generated/push-data.js'
import { wholePush } from './whole-push.js'

/** A bare client: sends text, collects replies and pushes, and lets a test wait for them. */
export class MexcClient {
  readonly replies: string[] = []
  readonly pushes: PushDataV3ApiWrapper[] = []
  readonly frames: InboundFrame[] = []
  /** How the connection ended. */
  readonly closed: Promise<TransportClose>
  readonly #transport: Transport
  readonly #waiting = new Set<() => void>()
  #nextId = 1

  private constructor(transport: Transport) {
    this.#transport = transport
    this.closed = new Promise((resolve) =>
      transport.listen({
        onFrame: (frame) => this.#receive(frame),
        onPong: () => {},
        onClose: resolve,
      }),
    )
  }

  static async connect(url: string): Promise<MexcClient> {
    return new MexcClient(await openSocket({ url, headers: {} }, createEnv()))
  }

  send(request: object): void {
    this.sendText(JSON.stringify(request))
  }

  sendText(text: string): void {
    this.#transport.send(text)
  }

  /** Subscribes, and resolves with the words of the reply. */
  subscribe(...params: string[]): Promise<string> {
    return this.#ask('SUBSCRIPTION', params)
  }

  unsubscribe(...params: string[]): Promise<string> {
    return this.#ask('UNSUBSCRIPTION', params)
  }

  /** Resolves once the server has read everything sent before. */
  async ping(): Promise<void> {
    const pongs = this.#pongs
    this.send({ method: 'PING' })
    await this.until(() => this.#pongs > pongs)
  }

  /** Resolves once `condition` holds; asked anew with every frame. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Resolves with the first `count` pushes of a stream. */
  async pushesOf(channel: string, count = 1): Promise<PushDataV3ApiWrapper[]> {
    const found = (): PushDataV3ApiWrapper[] => this.pushes.filter((push) => push.channel === channel)
    await this.until(() => found().length >= count)
    return found().slice(0, count)
  }

  close(): void {
    this.#transport.terminate()
  }

  get #pongs(): number {
    return this.replies.filter((reply) => reply.includes('"PONG"')).length
  }

  async #ask(method: string, params: readonly string[]): Promise<string> {
    const id = this.#nextId++
    this.send({ method, params, id })
    const answer = (): string | undefined => this.replies.find((reply) => reply.startsWith(`{"id":${id},`))
    await this.until(() => answer() !== undefined)
    return (JSON.parse(answer() ?? '') as { msg: string }).msg
  }

  #receive(frame: InboundFrame): void {
    const bytes = Buffer.from(frame.bytes.subarray(frame.start, frame.end))
    this.frames.push({ ...frame, bytes, start: 0, end: bytes.length })
    if (frame.isBinary) this.pushes.push(wholePush(bytes))
    else this.replies.push(bytes.toString())
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
