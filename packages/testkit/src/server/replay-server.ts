import type { Clock } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import type { CaptureFrame, CaptureResponse } from '../capture/capture-record.js'
import { createRandom } from '../random.js'
import type { VenueSession } from '../venue/venue.js'
import { defaultMaxBacklogBytes, LoopbackServer } from './loopback-server.js'
import { Playback } from './playback.js'
import { defaultIgnoredParameters, RecordedResponses } from './recorded-responses.js'
import type { ServerClient } from './server-client.js'
import type { SocketFaults } from './socket-faults.js'

/** What is replayed, and how. */
export interface ReplayServerOptions {
  /** Those that came in are played; those that went out are not. */
  readonly frames: readonly Pick<CaptureFrame, 't' | 'dir' | 'content'>[]
  /** Answers to REST requests; a request they do not hold gets a 404. */
  readonly rest?: readonly Pick<CaptureResponse, 'url' | 'status' | 'body'>[]
  /** 1 is the recorded pace, 10 is ten times faster, `max` as fast as the client takes it. Default 1. */
  readonly speed?: number | 'max'
  /**
   * When a client's playback begins: with its first message (default, as exchanges do), at once, or with `begin()`.
   * The last is for exact comparisons: subscribe everything, see it acknowledged, then begin.
   */
  readonly startOn?: 'message' | 'connection' | 'begin'
  /** Answers what a client sends, at `now`, epoch ms, because recorded acknowledgements carry other request ids than those a client of today waits for. */
  readonly acknowledge?: (message: string | Buffer, now: number) => readonly (string | Buffer)[]
  /** Leaves a recorded frame out: recorded acknowledgements and pongs, where `acknowledge` makes new ones. */
  readonly skip?: (frame: Pick<CaptureFrame, 't' | 'dir' | 'content'>) => boolean
  /** Query parameters that do not decide which REST answer fits. Default: timestamp, recvWindow, signature. */
  readonly ignoredParameters?: readonly string[]
  /** Of the chance in its faults. Default 1. */
  readonly seed?: number
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
}

/** A running replay. */
export interface ReplayServer {
  readonly url: string
  readonly restUrl: string
  /** Frames one playback consists of. */
  readonly total: number
  /** Frames sent so far, to all clients together. */
  readonly sent: number
  /** Resolves when a client was sent every frame and the operating system has taken them, or when the server closes before that. */
  readonly done: Promise<void>
  readonly faults: SocketFaults
  readonly clients: number
  readonly clientsSeen: number
  /** What the hooks have thrown. */
  readonly failures: readonly unknown[]
  /** Begins for every client, present or to come; for `startOn: 'begin'`. */
  begin(): void
  close(): Promise<void>
}

/**
 * Starts a real server that plays a capture to every client that connects, from the beginning, byte for byte, and answers REST requests from it.
 * Throws a `RangeError` for a speed that is not above 0; rejects with a `TestkitError`: `ERR_PORT_IN_USE`, `ERR_SERVER_FAILED`.
 */
export async function startReplayServer(options: ReplayServerOptions): Promise<ReplayServer> {
  const { speed = 1, startOn = 'message', seed = 1, clock = systemClock, host = '127.0.0.1', port = 0 } = options
  if (speed !== 'max' && !(speed > 0)) throw new RangeError(`The speed must be above 0 or "max", not ${speed}.`)
  const frames = options.frames.filter((frame) => frame.dir === 'in' && options.skip?.(frame) !== true)
  const responses = new RecordedResponses(options.rest ?? [], options.ignoredParameters ?? defaultIgnoredParameters)
  const playbacks = new Set<Playback>()
  let sent = 0
  let hasBegun = startOn === 'connection'
  const { promise: done, resolve: finish } = withResolver()
  const server = new LoopbackServer(
    { accept, handle: (request) => responses.answer(request) },
    { clock, random: createRandom(seed), maxBacklogBytes: defaultMaxBacklogBytes },
  )
  await server.listen(host, port)
  const { address } = server

  function accept(client: ServerClient): VenueSession {
    const onSent = (count: number): void => {
      sent += count
    }
    const playback = new Playback(client, { frames, clock, speed }, { onSent, onDone: finish })
    playbacks.add(playback)
    // The upgrade is answered after this returns.
    if (hasBegun) queueMicrotask(() => playback.begin())
    return {
      onMessage(data, isBinary) {
        const message = isBinary ? data : data.toString('utf8')
        for (const answer of options.acknowledge?.(message, clock.now()) ?? []) client.send(answer)
        if (startOn === 'message') playback.begin()
      },
      onClose() {
        playback.stop()
        playbacks.delete(playback)
      },
    }
  }

  return {
    url: `ws://${address}/`,
    restUrl: `http://${address}`,
    total: frames.length,
    get sent() {
      return sent
    },
    done,
    faults: server.faults,
    get clients() {
      return server.clients
    },
    get clientsSeen() {
      return server.clientsSeen
    },
    failures: server.failures,
    begin() {
      hasBegun = true
      for (const playback of playbacks) playback.begin()
    },
    async close() {
      await server.close()
      finish()
    },
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
