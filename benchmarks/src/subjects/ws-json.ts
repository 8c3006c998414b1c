import { readGateioFrame } from './gateio-by-hand.js'
import { openWebSockets } from './open-web-sockets.js'
import type { ConnectSubject } from './subject-task.js'

/** `ws` as it comes, and `JSON.parse`. */
export const wsJson: ConnectSubject = async (task, receiver) => {
  const connections = await openWebSockets(task, {}, (socket, read) => {
    socket.on('message', (data: Buffer) => {
      const value = readGateioFrame(data)
      if (value !== null) receiver.receive(value, read.at)
    })
  })
  return { connections }
}
