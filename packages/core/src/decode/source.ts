/** Where bytes are: a buffer, and the memory it is a window on, of which words can be read. */
export interface Source {
  readonly bytes: Buffer
  readonly memory: DataView
  /** Where `bytes` begins in the memory. */
  readonly offset: number
}

/** The source before there is one. */
export const noSource: Source = { bytes: Buffer.alloc(0), memory: new DataView(new ArrayBuffer(0)), offset: 0 }

/** The frames of one socket read lie in the same memory, be it as windows on one buffer or as a buffer each: one view of it serves them all. */
export function sourceOf(bytes: Buffer, last: Source): Source {
  const { buffer, byteOffset } = bytes
  return { bytes, memory: buffer === last.memory.buffer ? last.memory : new DataView(buffer), offset: byteOffset }
}
