/** A block is at least this large, so that one write carries thousands of frames. */
const blockBytes = 512 * 1024

/** A load, ready to be written: `block` so many times, then `tail`. */
export interface LoadBlocks {
  readonly block: Buffer
  readonly blocks: number
  readonly tail: Buffer
  readonly totalBytes: number
}

/** Lays out `total` frames, `contents` over and over in their order. Throws a `RangeError` where there is nothing to send. */
export function loadBlocks(contents: readonly (string | Buffer)[], total: number): LoadBlocks {
  if (contents.length === 0) throw new RangeError('A load needs at least one frame.')
  if (!(Number.isSafeInteger(total) && total > 0)) throw new RangeError(`A load has 1 frame or more, not ${total}.`)
  const frames = contents.map(frameBytes)
  const roundBytes = frames.reduce((sum, frame) => sum + frame.length, 0)
  const rounds = Math.ceil(blockBytes / roundBytes)
  const block = Buffer.concat(Array.from({ length: rounds }, () => frames).flat())
  const framesPerBlock = rounds * frames.length
  const blocks = Math.floor(total / framesPerBlock)
  const tailFrames = Array.from(
    { length: total % framesPerBlock },
    (_, index) => frames[index % frames.length] as Buffer,
  )
  const tail = Buffer.concat(tailFrames)
  return { block, blocks, tail, totalBytes: blocks * block.length + tail.length }
}

/** The bytes of one unfragmented WebSocket frame as a server sends it, unmasked (RFC 6455, section 5.2). */
function frameBytes(content: string | Buffer): Buffer {
  const payload = typeof content === 'string' ? Buffer.from(content) : content
  const opcode = typeof content === 'string' ? 0x1 : 0x2
  const header = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)
  header[0] = 0x80 | opcode
  if (payload.length < 126) {
    header[1] = payload.length
  } else if (payload.length < 65_536) {
    header[1] = 126
    header.writeUInt16BE(payload.length, 2)
  } else {
    header[1] = 127
    header.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  return Buffer.concat([header, payload])
}
