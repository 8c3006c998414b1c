import { ConnectionLoad } from '../load/connection-load.js'
import type { Pace, SenderCommand, SenderReport, Sent } from '../load/sender-messages.js'
import { Child, type ChildOptions } from '../processes/child.js'
import type { Finished, FirstMessage, Memory, SubjectCommand, SubjectReport } from '../processes/subject-messages.js'
import { type SubjectName, subjects } from '../subjects/catalogue.js'
import type { SubjectTask } from '../subjects/subject-task.js'
import { strategiesFor } from '../workloads/strategies.js'
import { subscriptionRequests } from '../workloads/subscription-requests.js'
import type { Workload } from '../workloads/workload.js'
import type { Usage } from './usage-window.js'

/** How far ahead a schedule begins: time enough to tell both processes. */
const scheduleAheadNs = 100_000_000n

/** A large young generation, so that a sender seldom collects garbage: its pauses are delays of every client. */
const senderFlags = ['--min-semi-space-size=64', '--max-semi-space-size=64']

/** `nodeFlags` and `build` are of the client’s process: the sender is always of this checkout, so that two builds are sent the same by the same code. */
export interface RigOptions extends ChildOptions {
  readonly pace?: Pace
  readonly measure?: SubjectTask['measure']
  readonly handler?: SubjectTask['handler']
}

/** Everything was sent and received. */
export interface Settled {
  readonly sent: Sent
  readonly finished: Finished
}

/** One sender and one client, each in a process of its own, made anew for each measurement. */
export class Rig {
  readonly #name: SubjectName
  readonly #sender: Child<SenderCommand, SenderReport>
  readonly #subject: Child<SubjectCommand, SubjectReport>
  #connections = 0

  private constructor(name: SubjectName, options: ChildOptions) {
    this.#name = name
    this.#sender = new Child('sender-process', { nodeFlags: senderFlags })
    this.#subject = new Child('subject-process', options)
  }

  /** Starts both, and resolves when the client is subscribed. */
  static async open(name: SubjectName, workload: Workload, options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(name, options)
    try {
      await rig.#start(workload, options)
    } catch (thrown) {
      await rig.close()
      throw thrown
    }
    return rig
  }

  /** Connections the client opened. */
  get connections(): number {
    return this.#connections
  }

  /** The load begins. */
  begin(): void {
    this.#sender.send({ kind: 'begin', startNs: process.hrtime.bigint(), warmupMessages: 0 })
  }

  /** The load begins, and the client knows when each message is due. The first ones, `warmupMessages`, are not measured. */
  async beginOnSchedule(messagesPerSecond: number, warmupMessages: number): Promise<void> {
    const startNs = process.hrtime.bigint() + scheduleAheadNs
    this.#subject.send({ kind: 'follow', schedule: { startNs, messagesPerSecond, warmupMessages } })
    await this.#subject.next('following')
    this.#sender.send({ kind: 'begin', startNs, warmupMessages })
  }

  /** What the client's process uses in so many seconds, after others for its code to be compiled in. */
  async observe(afterSeconds: number, seconds: number): Promise<Usage> {
    this.#subject.send({ kind: 'observe', afterSeconds, seconds })
    return (await this.#subject.next('observed')).usage
  }

  /** For what share of so many seconds, after others, the client was ready to run and had no core; null where the system does not say. */
  async coreWait(afterSeconds: number, seconds: number): Promise<number | null> {
    this.#subject.send({ kind: 'time-core', afterSeconds, seconds })
    return (await this.#subject.next('core-timed')).waitedShare
  }

  async measureMemory(): Promise<Memory> {
    this.#subject.send({ kind: 'measure-memory' })
    return this.#subject.next('memory')
  }

  firstMessage(): Promise<FirstMessage> {
    return this.#subject.next('first-message')
  }

  pause(seconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  }

  /** Ends the load, and holds the client to it: every message exactly once, and read. */
  async settle(): Promise<Settled> {
    this.#sender.send({ kind: 'stop' })
    const sent = await Promise.race([this.#sender.next('sent'), this.#subject.failed])
    this.#subject.send({ kind: 'finish', messages: sent.messages })
    const finished = await this.#subject.next('finished')
    if (finished.messages !== sent.messages) {
      throw new Error(`${sent.messages} messages were sent, and ${finished.messages} received.`)
    }
    if (subjects[this.#name].reads && !isSameSum(finished.checksum, sent.checksum)) {
      throw new Error(`The messages sent add up to ${sent.checksum}, those received to ${finished.checksum}.`)
    }
    return { sent, finished }
  }

  async close(): Promise<void> {
    await Promise.all([this.#subject.end(), this.#sender.end()])
  }

  async #start(
    workload: Workload,
    { pace = 'flood', measure = 'count', handler = 'inline' }: RigOptions,
  ): Promise<void> {
    const { venue, streams, channels, symbols, keepsBook } = workload
    const mode = measure === 'first-message' ? 'first-message' : 'load'
    this.#sender.send({ kind: 'start', settings: { venue, streams, pace, mode } })
    const { port } = await this.#sender.next('listening')
    const load = new ConnectionLoad(streams)
    const task: SubjectTask = {
      subject: this.#name,
      url: `ws://127.0.0.1:${port}/`,
      venue,
      channels,
      symbols,
      keepsBook,
      requests: subjects[this.#name].reads ? subscriptionRequests(strategiesFor(workload), workload) : [[]],
      framesPerByte: load.frames / load.block.length,
      measure,
      handler,
    }
    this.#subject.send({ kind: 'start', task })
    this.#connections = (await this.#subject.next('ready')).connections
  }
}

/** Sums of millions of doubles, added up in another order, differ in their last digits. */
function isSameSum(one: number, other: number): boolean {
  return Math.abs(one - other) <= Math.abs(other) * 1e-9
}
