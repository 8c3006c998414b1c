import { request } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ConnectSubject } from './subject-task.js'

/** Reads the bytes and looks for no frames: how much the sender can send, and the system can carry. */
export const tcpSink: ConnectSubject = async ({ url, framesPerByte }, receiver) => {
  const socket = await upgrade(url.replace('ws:', 'http:'))
  let bytes = 0
  let counted = 0
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    const messages = Math.floor(bytes * framesPerByte + 1e-6)
    receiver.skip(messages - counted)
    counted = messages
  })
  return { connections: 1 }
}

function upgrade(url: string): Promise<Duplex> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': Buffer.alloc(16, 'sink').toString('base64'),
  }
  return new Promise((resolve, reject) => {
    request(url, { headers })
      .once('upgrade', (_response, socket) => resolve(socket))
      .once('error', reject)
      .end()
  })
}
