import type { InboundFrame } from '../model/inbound-frame.js'

/**
 * Why a transport ended. `code` is the one in the server's close frame; 1006 where none came, 1005 where it carried no code, and ours where the server broke
 * the protocol.
 */
export interface TransportClose {
  readonly code: number
  readonly reason: string
  /** `ERR_PROTOCOL_VIOLATION` where the server broke the protocol or a limit; with 1006 what the socket reported, where it did: a `StreamError` is told as it is. Null otherwise. */
  readonly error: Error | null
}

/** Who receives what a transport reads. `onClose` is the last call, made exactly once. */
export interface TransportListener {
  onFrame(frame: InboundFrame): void
  /** A protocol-level pong arrived. */
  onPong(): void
  onClose(close: TransportClose): void
}

/**
 * An open WebSocket, as narrow as the library needs it. It starts paused: nothing is read before `listen()`.
 * On a transport that has ended, or is ending, nothing is sent; its `onClose` has said so or will.
 */
export interface Transport {
  /** Names who receives from now on, and starts reading. A later call replaces the listener. */
  listen(listener: TransportListener): void
  /** Whether it is on its way: false where the transport has ended or is ending, and nothing was sent. */
  send(data: string | Uint8Array): boolean
  /** Sends a protocol-level ping. */
  ping(): void
  /**
   * Stops reading; TCP pushes back on the sender. The walker delivers nothing more until `resume()`, the rest of the read in progress included; with `ws`
   * that rest may still arrive.
   */
  pause(): void
  /** Reads on. What was held back is delivered soon, not from within this call. */
  resume(): void
  /** Bytes accepted by `send` and not yet given to the operating system. */
  readonly bufferedBytes: number
  /** Starts the close handshake; `onClose` follows, at the latest when the handshake times out. */
  close(code?: number, reason?: string): void
  /** Ends the socket at once. */
  terminate(): void
}
