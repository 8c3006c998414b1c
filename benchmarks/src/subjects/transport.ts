import type { SocketOptions } from '@tapewire/core'
import { createEnv, openSocket } from '@tapewire/core/adapter'
import type { ConnectSubject } from './subject-task.js'

/** A transport of tapewire alone: frames arrive, and their last byte is looked at. */
export function transportOnly(transport: NonNullable<SocketOptions['transport']>): ConnectSubject {
  return async ({ url }, receiver) => {
    const socket = await openSocket({ url, headers: {} }, createEnv({ socket: { transport } }))
    socket.listen({
      onFrame: ({ bytes, end, receivedAt }) => receiver.receive(bytes[end - 1] as number, receivedAt),
      onPong: () => {},
      onClose: () => {},
    })
    return { connections: 1 }
  }
}
