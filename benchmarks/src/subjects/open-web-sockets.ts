import type { IncomingMessage } from 'node:http'
import { type ClientOptions, WebSocket } from 'ws'
import type { SubjectTask } from './subject-task.js'

/** When the bytes at hand were read from the socket, epoch ms; NaN unless asked for. */
export interface ReadTime {
  at: number
}

/** Connections of the `ws` package, subscribed and acknowledged; `attach` then gives each its handler. */
export async function openWebSockets(
  { url, requests, measure }: SubjectTask,
  options: ClientOptions,
  attach: (socket: WebSocket, read: ReadTime) => void,
): Promise<number> {
  await Promise.all(
    requests.map(async (messages) => {
      const socket = new WebSocket(url, options)
      const read: ReadTime = { at: Number.NaN }
      if (measure === 'latency') socket.once('upgrade', (response) => noteReads(response, read))
      await new Promise<void>((resolve, reject) => {
        socket.once('open', resolve)
        socket.once('error', reject)
      })
      const acknowledged = countMessages(socket, messages.length)
      for (const message of messages) socket.send(message)
      if (measure === 'count') await acknowledged
      attach(socket, read)
    }),
  )
  return requests.length
}

/** Resolves when so many messages have come. Before the load begins, they are acknowledgements. */
function countMessages(socket: WebSocket, wanted: number): Promise<void> {
  if (wanted === 0) return Promise.resolve()
  return new Promise((resolve) => {
    let left = wanted
    const onMessage = (): void => {
      left -= 1
      if (left > 0) return
      socket.off('message', onMessage)
      resolve()
    }
    socket.on('message', onMessage)
  })
}

/** Notes the time of each read, before `ws` sees its bytes. */
function noteReads({ socket }: IncomingMessage, read: ReadTime): void {
  socket.prependListener('data', () => {
    read.at = performance.timeOrigin + performance.now()
  })
}
