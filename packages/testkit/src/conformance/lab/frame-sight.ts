import type { MessageParser, ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import type { OutgoingData } from '../../venue/venue.js'
import type { Stage } from './stage.js'

/** What becomes of a frame on its way: nothing, itself, or whatever arrives in its place. */
export type FrameFate = (frame: OutgoingData) => readonly OutgoingData[]

/** Reads what an exchange sends over the one connection of a stage, on its way and with a parser of its own, so that a frame can be met with a fault for what it says. */
export class FrameSight {
  /** Frames that were met with a fault. */
  met = 0
  readonly #stage: Stage
  readonly #makeParser: () => MessageParser
  #parser: MessageParser
  #connections: number
  #matches: (message: ParsedMessage) => boolean = () => false
  #fate: FrameFate = (frame) => [frame]

  /** From the first connection of the stage on: a parser may depend on what came before. */
  constructor(stage: Stage, makeParser: () => MessageParser) {
    this.#stage = stage
    this.#makeParser = makeParser
    this.#parser = makeParser()
    this.#connections = stage.network.connectionsSeen
    stage.network.faults.rewrite((frame) => this.#pass(frame))
  }

  /** From now on each frame with such a message in it meets this fate. */
  meet(matches: (message: ParsedMessage) => boolean, fate: FrameFate): void {
    this.met = 0
    this.#matches = matches
    this.#fate = fate
  }

  /** Frames pass as they are again. */
  heal(): void {
    this.#matches = () => false
  }

  #pass(frame: OutgoingData): readonly OutgoingData[] {
    const { connectionsSeen } = this.#stage.network
    if (connectionsSeen !== this.#connections) this.#parser = this.#makeParser()
    this.#connections = connectionsSeen
    if (!this.#read(frame).some((message) => this.#matches(message))) return [frame]
    this.met += 1
    return this.#fate(frame)
  }

  #read(frame: OutgoingData): readonly ParsedMessage[] {
    const content = typeof frame === 'string' ? frame : Buffer.from(frame)
    const parsed = this.#parser.parse(frameOf(content, this.#stage.clock.now()))
    return Array.isArray(parsed) ? parsed : [parsed as ParsedMessage]
  }
}
