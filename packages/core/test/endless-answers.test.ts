import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEnv, requestJson } from '../src/adapter.js'
import { ManualClock } from '../src/testing.js'
import { Waiting } from './support/waiting.js'

let server: Server
let url: string
let peers: Socket[]
const waiting = new Waiting()

beforeEach(async () => {
  peers = []
  server = createServer((socket) => {
    peers.push(socket)
    socket.on('error', () => {})
    socket.on('data', waiting.wake)
    socket.on('close', waiting.wake)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})

afterEach(async () => {
  for (const peer of peers) peer.destroy()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

/** The server's end of the one request there is, once that has arrived. */
async function asked(): Promise<Socket> {
  await waiting.until(() => peers.some(({ bytesRead }) => bytesRead > 0))
  return peers[0] as Socket
}

const codeOf = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'answered',
    ({ code }) => code,
  )

test('a REST answer that comes drop by drop is given up after the time the whole of it has', async () => {
  const clock = new ManualClock()
  const code = codeOf(requestJson({ url, timeoutMs: 10_000 }, createEnv({ clock })))
  const peer = await asked()
  peer.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"')
  for (let second = 1; second <= 10; second += 1) {
    peer.write('x')
    clock.advance(1_000)
  }
  expect(await code).toBe('ERR_CONNECTION_TIMEOUT')
  await waiting.until(() => peer.destroyed)
  expect(clock.pendingTimers).toBe(0)
})

test('a REST answer whose headers have no end is given up', async () => {
  const code = codeOf(requestJson({ url }, createEnv({ clock: new ManualClock() })))
  const peer = await asked()
  peer.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`)
  expect(await code).toBe('ERR_CONNECTION_CLOSED')
  await waiting.until(() => peer.destroyed)
})

test('a REST answer that is announced again and again, and never comes, is given up in time', async () => {
  const clock = new ManualClock()
  const code = codeOf(requestJson({ url, timeoutMs: 5_000 }, createEnv({ clock })))
  const peer = await asked()
  peer.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000))
  clock.advance(5_000)
  expect(await code).toBe('ERR_CONNECTION_TIMEOUT')
  await waiting.until(() => peer.destroyed)
})
