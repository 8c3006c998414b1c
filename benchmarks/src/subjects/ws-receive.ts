import type { ClientOptions } from 'ws'
import { openWebSockets } from './open-web-sockets.js'
import type { ConnectSubject } from './subject-task.js'

/** The `ws` package alone: what anyone who uses it pays before the first byte is read. */
export function wsReceive(options: ClientOptions): ConnectSubject {
  return async (task, receiver) => {
    const connections = await openWebSockets(task, options, (socket, read) => {
      socket.on('message', (data: Buffer) => receiver.receive(data[data.length - 1] as number, read.at))
    })
    return { connections }
  }
}
