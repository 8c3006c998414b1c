import { UpdateIds } from '../workloads/update-ids.js'
import type { LoadStream } from '../workloads/workload.js'
import { serverFrame } from './server-frame.js'

/** A block is at least this large, so that one write carries thousands of frames. */
const blockBytes = 512 * 1024

/** What one connection is sent, over and over: frames laid out one behind the other, and where each ends. */
export class ConnectionLoad {
  readonly block: Buffer
  /** Offset behind each frame. */
  readonly ends: Uint32Array
  readonly #values: Float64Array
  readonly #blockValue: number
  readonly #ids: UpdateIds | null

  constructor(streams: readonly LoadStream[]) {
    const round = interleaved(streams)
    const roundBytes = round.reduce((sum, { frame }) => sum + frame.length, 0)
    const idMarks = streams[0]?.idMarks
    // Ids go on from block to block, so that a block is one time through the frames.
    const rounds = idMarks === undefined ? Math.ceil(blockBytes / roundBytes) : 1
    const frames = Array.from({ length: rounds }, () => round).flat()
    this.block = Buffer.concat(frames.map(({ frame }) => frame))
    this.ends = new Uint32Array(frames.length)
    this.#values = new Float64Array(frames.length)
    let end = 0
    frames.forEach(({ frame, value }, index) => {
      end += frame.length
      this.ends[index] = end
      this.#values[index] = value
    })
    this.#blockValue = this.#values.reduce((sum, value) => sum + value, 0)
    this.#ids = idMarks === undefined ? null : new UpdateIds(this.block, idMarks)
  }

  /** Makes the block ready to be sent once more, when it is not needed any longer as it is. */
  renew(): void {
    this.#ids?.advance(this.frames)
  }

  get frames(): number {
    return this.ends.length
  }

  /** Sum of the values of the first `messages` frames sent. */
  checksum(messages: number): number {
    const rest = messages % this.frames
    return (
      ((messages - rest) / this.frames) * this.#blockValue +
      this.#values.subarray(0, rest).reduce((sum, value) => sum + value, 0)
    )
  }
}

/** The streams' frames, one of each in turn, as they would arrive. */
function interleaved(streams: readonly LoadStream[]): { frame: Buffer; value: number }[] {
  const longest = Math.max(...streams.map(({ contents }) => contents.length))
  const round: { frame: Buffer; value: number }[] = []
  for (let index = 0; index < longest; index += 1) {
    for (const { contents, values } of streams) {
      const content = contents[index]
      if (content !== undefined) round.push({ frame: serverFrame(content), value: values[index] as number })
    }
  }
  return round
}
