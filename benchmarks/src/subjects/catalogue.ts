import type { PeerName } from './peers.js'
import type { ConnectSubject } from './subject-task.js'

/** A client that can be measured. */
export interface Subject {
  /** As the report names it. */
  readonly label: string
  /** What must be installed for it, beside this package's own dependencies. */
  readonly peer: PeerName | null
  /** Whether it is made of this repository's packages. */
  readonly isOurs?: true
  /** Whether it reads what is in the messages, so that the sum of it can be checked. */
  readonly reads: boolean
  /** Loaded in the client's own process, and nothing else with it. */
  load(): Promise<ConnectSubject>
}

/** What scenarios and processes call a client. */
export type SubjectName =
  | 'tapewire-walker'
  | 'tapewire-ws'
  | 'ws-json'
  | 'ws-json-book'
  | 'ws-iterator'
  | 'ws-protobufjs'
  | 'ws-receive'
  | 'ws-receive-tuned'
  | 'transport-walker'
  | 'transport-ws'
  | 'tcp-sink'
  | 'ccxt'
  | 'gateio-api'
  | 'tardis-dev'

export const subjects: Readonly<Record<SubjectName, Subject>> = {
  'tapewire-walker': {
    label: 'tapewire (walker transport)',
    peer: null,
    isOurs: true,
    reads: true,
    load: async () => (await import('./tapewire.js')).tapewire('walker'),
  },
  'tapewire-ws': {
    label: 'tapewire (ws transport)',
    peer: null,
    isOurs: true,
    reads: true,
    load: async () => (await import('./tapewire.js')).tapewire('ws'),
  },
  'ws-json': {
    label: 'ws + JSON.parse by hand',
    peer: null,
    reads: true,
    load: async () => (await import('./ws-json.js')).wsJson,
  },
  'ws-json-book': {
    label: 'ws + JSON.parse + sorted arrays by hand',
    peer: null,
    reads: true,
    load: async () => (await import('./ws-json-book.js')).wsJsonBook,
  },
  'ws-iterator': {
    label: 'ws + JSON.parse, for await',
    peer: null,
    reads: true,
    load: async () => (await import('./ws-iterator.js')).wsIterator,
  },
  'ws-protobufjs': {
    label: 'ws + protobufjs by hand',
    peer: null,
    reads: true,
    load: async () => (await import('./ws-protobufjs.js')).wsProtobufjs,
  },
  'ws-receive': {
    label: 'ws, receive only (floor)',
    peer: null,
    reads: false,
    load: async () => (await import('./ws-receive.js')).wsReceive({}),
  },
  'ws-receive-tuned': {
    label: 'ws, receive only, UTF-8 not checked',
    peer: null,
    reads: false,
    load: async () =>
      (await import('./ws-receive.js')).wsReceive({ skipUTF8Validation: true, perMessageDeflate: false }),
  },
  'transport-walker': {
    label: 'tapewire’s walker, receive only',
    peer: null,
    isOurs: true,
    reads: false,
    load: async () => (await import('./transport.js')).transportOnly('walker'),
  },
  'transport-ws': {
    label: 'tapewire’s ws transport, receive only',
    peer: null,
    isOurs: true,
    reads: false,
    load: async () => (await import('./transport.js')).transportOnly('ws'),
  },
  'tcp-sink': {
    label: 'bytes only, no frames (what the sender can send)',
    peer: null,
    reads: false,
    load: async () => (await import('./tcp-sink.js')).tcpSink,
  },
  ccxt: { label: 'ccxt', peer: 'ccxt', reads: true, load: async () => (await import('./ccxt.js')).ccxt },
  'gateio-api': {
    label: 'gateio-api',
    peer: 'gateio-api',
    reads: true,
    load: async () => (await import('./gateio-api.js')).gateioApi,
  },
  'tardis-dev': {
    label: 'tardis-dev',
    peer: 'tardis-dev',
    reads: true,
    load: async () => (await import('./tardis-dev.js')).tardisDev,
  },
}
