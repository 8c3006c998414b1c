import type { Agent } from 'node:http'

/** What `openSocket` can be told beyond where to connect. */
export interface SocketOptions {
  /** How long the handshake may take, ms. */
  readonly handshakeTimeoutMs?: number
  /** Largest message accepted, bytes; a larger one ends the connection with code 1009. */
  readonly maxPayloadBytes?: number
  /** A proxy agent, as Node's `http.Agent`. */
  readonly agent?: Agent
}

export const defaultSocketOptions: { readonly handshakeTimeoutMs: number; readonly maxPayloadBytes: number } = {
  handshakeTimeoutMs: 10_000,
  maxPayloadBytes: 16 * 1024 * 1024,
}
