/**
 * What receiving costs by itself: a server in a process of its own writes 200-byte text frames over loopback as fast as they are taken; the client counts
 * them and reads the last byte of each. No parsing. Runs of the transports alternate, so that a noisy minute touches all of them.
 *
 * Usage: receive-only [seconds per run] [runs per transport]
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { openSocket, type SocketOptions } from '@tapewire/core'

const payloadBytes = 200
const framesPerWrite = 640

type TransportName = NonNullable<SocketOptions['transport']>

/** Cost of one message, µs. */
interface Cost {
  readonly wall: number
  readonly cpu: number
}

/** The server's process: answers the handshake, then writes batches for as long as the socket takes them. */
function serve(): void {
  const frame = Buffer.concat([Buffer.from([0x81, 126, 0, payloadBytes]), Buffer.alloc(payloadBytes, '{"bid":"1.25"}')])
  const batch = Buffer.concat(Array.from({ length: framesPerWrite }, () => frame))
  const flood = (socket: Socket): void => {
    while (socket.writable && socket.write(batch));
  }
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (request: Buffer) => {
      const key = /sec-websocket-key: (\S+)/i.exec(request.toString())?.[1]
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
      socket.on('drain', () => flood(socket))
      flood(socket)
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
  process.on('disconnect', () => process.exit())
}

async function measure(url: string, transport: TransportName, durationMs: number): Promise<Cost> {
  const socket = await openSocket({ url, headers: {} }, new AbortController().signal, { transport })
  let frames = 0
  let consumed = 0
  socket.listen({
    onFrame: ({ bytes, end }) => {
      frames += 1
      consumed += bytes[end - 1] as number
    },
    onPong: () => {},
    onClose: () => {},
  })
  await after(500)
  const before = { frames, wall: performance.now(), cpu: process.cpuUsage() }
  await after(durationMs)
  const counted = frames - before.frames
  const wall = ((performance.now() - before.wall) * 1000) / counted
  const { user, system } = process.cpuUsage(before.cpu)
  socket.terminate()
  if (consumed === 0) throw new Error('Nothing was received.')
  return { wall, cpu: (user + system) / counted }
}

function after(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}

function startServer(): Promise<{ server: ChildProcess; url: string }> {
  const server = fork(fileURLToPath(import.meta.url), ['serve'])
  return new Promise((resolve) => {
    server.once('message', (address: { port: number }) => resolve({ server, url: `ws://127.0.0.1:${address.port}/` }))
  })
}

function summary(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const [least, median, most] = [0, sorted.length >> 1, sorted.length - 1].map((index) => sorted[index] as number)
  return `${median?.toFixed(3)} (${least?.toFixed(3)} to ${most?.toFixed(3)})`
}

async function main(): Promise<void> {
  const [seconds = 3, runs = 5] = process.argv.slice(2).map(Number)
  const { server, url } = await startServer()
  const names: readonly TransportName[] = ['ws', 'walker']
  const costs = new Map(names.map((name) => [name, [] as Cost[]]))
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) costs.get(name)?.push(await measure(url, name, seconds * 1000))
  }
  server.disconnect()
  console.log(`${payloadBytes}-byte text frames, µs a message, median (least to most) of ${runs} runs of ${seconds} s`)
  for (const [name, all] of costs) {
    console.log(`${name.padEnd(8)} wall ${summary(all.map((cost) => cost.wall))}   cpu ${summary(all.map((cost) => cost.cpu))}`)
  }
}

if (process.argv[2] === 'serve') serve()
else await main()
