import { on } from 'node:events'
import type { WebSocket } from 'ws'
import { readGateioFrame } from './gateio-by-hand.js'
import { openWebSockets } from './open-web-sockets.js'
import { type ConnectSubject, nextTurn, type Receiver } from './subject-task.js'

/** `ws` with Node's `for await (… of on(socket, 'message'))`: the queue a slow handler usually gets, and it has no bound. */
export const wsIterator: ConnectSubject = async (task, receiver) => {
  const connections = await openWebSockets(task, {}, (socket) => {
    void consume(socket, receiver)
  })
  return { connections }
}

async function consume(socket: WebSocket, receiver: Receiver): Promise<void> {
  for await (const [data] of on(socket, 'message')) {
    const value = readGateioFrame(data as Buffer)
    if (value === null) continue
    receiver.receive(value, Number.NaN)
    await nextTurn()
  }
}
