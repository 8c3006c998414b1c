/** How NATS is reached and who we are there. What is secret in it reaches no log and no error. */
export interface NatsOptions {
  /** One server or more of one cluster: `nats://127.0.0.1:4222`, or `tls://nats.gateway.example`, where nothing but TLS will do, with none of them. */
  readonly servers: string | readonly string[]
  /** Where NATS asks who we are; nobody in particular where left out. */
  readonly credentials?: NatsCredentials
  /** Nothing but TLS will do, and what it needs. Without it, and without `tls://`, there is TLS where the server offers it. */
  readonly tls?: NatsTls
  /** How the connection is named in the server's own lists. Default `tapewire`. */
  readonly name?: string
  /** How long a connection may take, ms, 1 and up; default 5,000. */
  readonly connectTimeoutMs?: number
}

/** One of NATS's own means. */
export type NatsCredentials =
  | { readonly token: string }
  | { readonly user: string; readonly password: string }
  /** The seed of an nkey, `SU…`. */
  | { readonly nkeySeed: string }
  /** The path of a `.creds` file, read anew for each connection, so that it can be replaced. */
  | { readonly credsFile: string }

/** Paths of PEM files. */
export interface NatsTls {
  /** The authority that signed the server's certificate, where the machine does not know it. */
  readonly caFile?: string
  /** Our own certificate and its key, where the server asks for them. */
  readonly certFile?: string
  readonly keyFile?: string
  /** Whether TLS begins before the server says anything; default false. */
  readonly handshakeFirst?: boolean
}
