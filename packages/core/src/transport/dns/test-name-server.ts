import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv4 } from 'node:net'

/** RFC 1035, section 3.2.2, and RFC 3596, section 2.1. */
const types = { A: 1, AAAA: 28 }

/** One record of an answer. */
export interface NameRecord {
  readonly address: string
  readonly ttlSeconds: number
}

/** A DNS server on loopback, which knows what it is told; for tests. */
export class TestNameServer {
  readonly #socket: Socket
  /** By name. */
  readonly records: Map<string, readonly NameRecord[]> = new Map()
  /** Names it was asked for, once for each type. */
  readonly asked: string[] = []
  /** Whether it leaves queries unanswered. */
  isSilent = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (query, { port, address }) => {
      const answer = this.#answer(query)
      if (!this.isSilent) socket.send(answer, port, address)
    })
  }

  static async start(): Promise<TestNameServer> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new TestNameServer(socket)
  }

  /** As `dns.setServers` takes it. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  async close(): Promise<void> {
    this.#socket.close()
    await once(this.#socket, 'close')
  }

  /** RFC 1035, section 4.1. */
  #answer(query: Buffer): Buffer {
    const { name, end } = readName(query, 12)
    this.asked.push(name)
    const type = query.readUInt16BE(end)
    const question = query.subarray(12, end + 4)
    const known = this.records.get(name)
    const answers = (known ?? [])
      .filter(({ address }) => (isIPv4(address) ? types.A : types.AAAA) === type)
      .map((record) => composeRecord(record, type))
    const header = Buffer.alloc(12)
    query.copy(header, 0, 0, 2)
    // An answer, recursion wanted and to be had; 3 is a name that does not exist.
    header.writeUInt16BE(0x8180 | (known === undefined ? 3 : 0), 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(answers.length, 6)
    return Buffer.concat([header, question, ...answers])
  }
}

function readName(query: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  while (query[at] !== 0) {
    const length = query[at]!
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}

function composeRecord({ address, ttlSeconds }: NameRecord, type: number): Buffer {
  const data = type === types.A ? Buffer.from(address.split('.').map(Number)) : bytesOfV6(address)
  const head = Buffer.alloc(12)
  // The name is the question's.
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(ttlSeconds, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

/** Of an address with all of its zeros left out at one place. */
function bytesOfV6(address: string): Buffer {
  const [before = '', after = ''] = address.split('::')
  const words = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16))
  const front = words(before)
  const back = words(after)
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back]
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]))
}
