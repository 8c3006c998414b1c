import type { Clock, Timer } from '../../clock/clock.js'
import type { Log } from '../../config/logger.js'
import { StreamError } from '../../errors/stream-error.js'
import { ConnectionState } from '../../model/connection-state.js'
import type { Stream, TrackedStream } from '../../model/stream.js'
import { whyOddEarly } from './early-silence.js'
import type { LookOutcome } from './look-outcome.js'
import { quietReason, until, wholeReason } from './silence-reasons.js'
import { WatchedConnection } from './watched-connection.js'
import { answerMs, type Probe, pushMs, WatchedStream } from './watched-stream.js'

/**
 * What came of asking for a stream again: the exchange says that it is there, or says nothing in time; `over` where there is nothing to wait for, because it was refused (which is told
 * elsewhere), put off, unsubscribed, or its connection ended.
 */
export type ProbeOutcome = 'acknowledged' | 'unanswered' | 'over'

/** A connection, as far as its silence goes. */
export interface SilentCarrier {
  readonly id: string
  readonly state: ConnectionState
  readonly wanted: readonly Stream[]
  /** Whether what it brings waits for us, so that silence is our own. */
  readonly isHeldBack: boolean
  /** Whether the exchange has acknowledged the stream. */
  isActive(stream: Stream): boolean
  /** Asks for a stream once more that is there as far as anybody knows, alone, and without ending it. */
  probe(stream: Stream): Promise<ProbeOutcome>
  /** Ends the subscription of a stream, says so, and begins it anew, alone. */
  startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome>
  /** Gives the connection up for a new one, for this reason. */
  replace(error: StreamError): void
}

/** What a watch over silence is made from, and who hears of what it finds. */
export interface SilenceWatchParts {
  readonly clock: Clock
  readonly log: Log
  /** Silence after which a stream that pushes regularly is stale at the latest, ms; 0 watches nothing. */
  readonly staleAfterMs: number
  readonly carriers: () => readonly SilentCarrier[]
  /** Streams whose status is their book's, which heals by itself what it misses. */
  readonly isBook: (stream: Stream) => boolean
  /** Whether the exchange has gone on without the stream, as it says over REST. Never rejects. */
  readonly look: (stream: Stream) => Promise<LookOutcome>
  /** It may have stalled since its last message: what comes of it from here on is no proof of the contrary. */
  readonly onDoubt: (stream: Stream) => void
  /** That could not be shown: it goes on as a quiet one. */
  readonly onDoubtOver: (stream: Stream) => void
  /** It is whole: the exchange has nothing newer, or something has come since that was so. */
  readonly onLive: (stream: Stream, reason: string) => void
  readonly onStale: (stream: Stream, reason: string) => void
  /** Something may have been missed, while the stream goes on. */
  readonly onMissed: (stream: Stream, reason: string) => void
  /** The subscription ended, and begins anew. */
  readonly onEnded: (stream: Stream, reason: string) => void
}

/** How often was done what, as the metrics say it. */
export interface SilenceCounters {
  /** Streams that were asked for again because they fell silent. */
  readonly streamProbes: number
  /** Connections that were replaced because nothing came on them any more. */
  readonly silentConnections: number
}

/** Streams are looked at this often, ms, and in a quarter of the time after which they are stale where that is less. */
const longestLookMs = 1_000

/** What is said of what is odd by its own rhythm. */
const usuallyBusy = 'usually busy'

/** A look that comes so many times later than it should was kept waiting, by a process that slept or was busy: what came meanwhile has not been read yet. */
const lateTimes = 3

/** Streams of one connection that are being asked for again at once, at most. */
const probesAtOnce = 5

/**
 * Notices streams and connections that have fallen silent, against the rhythm that each has shown. A stream is asked for again, alone; a connection on which nothing comes any more is
 * replaced, whatever it answers to pings. It costs the hot path nothing: that says of a stream that it was heard, and looks at regular intervals take note.
 */
export class SilenceWatch {
  readonly #parts: SilenceWatchParts
  readonly #lookMs: number
  #streams = new Map<Stream, WatchedStream>()
  #connections = new Map<string, WatchedConnection>()
  #timer: Timer | null = null
  #lookedAt = 0
  #look = 0
  #probes = 0
  #replaced = 0

  constructor(parts: SilenceWatchParts) {
    this.#parts = parts
    this.#lookMs = Math.min(longestLookMs, parts.staleAfterMs / 4)
  }

  get counters(): SilenceCounters {
    return { streamProbes: this.#probes, silentConnections: this.#replaced }
  }

  /**
   * Why the silence of a stream is none of a quiet pair, for people; null where it may be one. Something comes of it all the time when it is well, or of its connection, on which
   * nothing comes now; or it is too new for that to be known, and should have said something by what others say.
   */
  whyOdd(stream: Stream, carrierId: string): string | null {
    const { clock, carriers, staleAfterMs } = this.#parts
    const now = clock.now()
    const watched = this.#streams.get(stream)
    const connection = this.#connections.get(carrierId)
    if (watched?.rhythm.isBusy === true) return usuallyBusy
    if (connection?.rhythm.isBusy === true && connection.quietMs(now) >= connection.silenceMs / 2) return usuallyBusy
    const carrier = carriers().find(({ id }) => id === carrierId)
    if (watched === undefined || carrier === undefined) return null
    const onConnection = carrier.wanted.flatMap((one) => this.#streams.get(one) ?? [])
    return whyOddEarly(watched, now, { all: this.#streams.values(), onConnection, staleAfterMs })
  }

  start(): void {
    const { clock, staleAfterMs } = this.#parts
    if (staleAfterMs === 0 || this.#timer !== null) return
    this.#lookedAt = clock.now()
    this.#schedule()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  /** A connection was lost: it may be back before the next look, and what was quiet till then was no rhythm. */
  beginAnew(carrier: SilentCarrier): void {
    const now = this.#parts.clock.now()
    this.#connections.get(carrier.id)?.restart(now)
    for (const stream of carrier.wanted) this.#streams.get(stream)?.restart(now)
  }

  #schedule(): void {
    this.#timer = this.#parts.clock.setTimer(this.#lookMs, () => {
      this.#schedule()
      this.#lookAtAll()
    })
  }

  #lookAtAll(): void {
    const { clock, carriers } = this.#parts
    const now = clock.now()
    const isLate = now - this.#lookedAt > lateTimes * this.#lookMs
    this.#lookedAt = now
    this.#look += 1
    for (const carrier of carriers()) this.#lookAt(carrier, now, isLate)
    forgetUnseen(this.#streams, this.#look)
    forgetUnseen(this.#connections, this.#look)
  }

  #lookAt(carrier: SilentCarrier, now: number, isLate: boolean): void {
    const connection = this.#connectionOf(carrier.id, now)
    const streams = carrier.wanted.map((stream) => this.#streamOf(stream, now))
    const isUp = carrier.state === ConnectionState.Connected
    if (isLate || !isUp || carrier.isHeldBack) {
      connection.restart(now)
      for (const watched of streams) watched.skipLook(now, !isUp)
      return
    }
    const heard = streams.filter((watched) => this.#takeNote(carrier, watched, now))
    if (heard.length > 0) connection.noteHeard(now)
    const quietMs = isMeasured(connection, streams) ? connection.quietMs(now) : 0
    if (quietMs >= connection.silenceMs && now >= connection.nextReplacementAt) {
      this.#replace(carrier, connection, now)
      return
    }
    const whole = quietMs >= connection.silenceMs / 2 ? connection : null
    for (const watched of streams) {
      if (!watched.isPublic) continue
      if (watched.probe !== null) this.#reviewProbe(carrier, watched, watched.probe, now)
      else if (whole !== null) this.#judgeAmongAll(carrier, watched, whole, now)
      else this.#judge(carrier, watched, now, hasRoom(streams))
    }
  }

  /** Whether something of a stream was heard since the last look, of which note is taken. */
  #takeNote(carrier: SilentCarrier, watched: WatchedStream, now: number): boolean {
    const { stream, probe } = watched
    const isHeard = watched.takeHeard()
    if (isHeard && watched.wasEven) this.#parts.onLive(stream, 'delivering')
    // What is lost, or a book that waits for its snapshot, is told and mended by others; but for what is begun anew here.
    const isAway = stream.status === 'gapped' || (stream.status === 'syncing' && this.#parts.isBook(stream))
    if (isAway && probe?.isAnew !== true) watched.restart(now)
    else if (isHeard && probe === null) watched.noteHeard(now)
    // What still comes of a subscription that is about to be ended says nothing of the next.
    else if (isHeard && probe !== null && probe.hasEnded === probe.isAnew) this.#onBack(carrier, watched, probe, now)
    return isHeard
  }

  /** What follows from how long a stream has been quiet while others of its connection deliver. */
  #judge(carrier: SilentCarrier, watched: WatchedStream, now: number, hasRoom: boolean): void {
    if (!this.#isStale(carrier, watched, now)) return
    if (watched.isEven(now)) return
    const mayHaveStalled = watched.quietMs(now) >= watched.probeMs(this.#parts.staleAfterMs)
    const { nextProbeAt } = watched
    if (mayHaveStalled && now < nextProbeAt && watched.wasEven) this.#lookAgain(carrier, watched)
    else if (mayHaveStalled && now >= nextProbeAt && hasRoom) this.#ask(carrier, watched, now)
    else if (watched.stream.status !== 'stale') {
      const next = mayHaveStalled ? `: asked for again ${until(nextProbeAt, now)}` : ''
      this.#stale(watched, `${quietReason(watched, now)}${next}`)
    }
  }

  /** Nothing comes on all of its connection: it is not the stream that is asked about. */
  #judgeAmongAll(carrier: SilentCarrier, watched: WatchedStream, whole: WatchedConnection, now: number): void {
    if (watched.stream.status === 'stale' || !this.#isStale(carrier, watched, now)) return
    this.#stale(watched, wholeReason(watched, whole, now))
  }

  #isStale(carrier: SilentCarrier, watched: WatchedStream, now: number): boolean {
    return watched.quietMs(now) >= watched.staleMs(this.#parts.staleAfterMs) && carrier.isActive(watched.stream)
  }

  #reviewProbe(carrier: SilentCarrier, watched: WatchedStream, probe: Probe, now: number): void {
    if (probe.answeredAt === null) return
    const waitedMs = now - probe.answeredAt
    if (probe.isLeftBehind && waitedMs >= pushMs) this.#startOver(carrier, watched, probe)
    else if (waitedMs >= answerMs) this.#onNothing(carrier, watched, probe)
  }

  #ask(carrier: SilentCarrier, watched: WatchedStream, now: number): void {
    const { log, clock } = this.#parts
    const { stream, rhythm, wasInVain } = watched
    const quietMs = Math.round(watched.quietMs(now))
    const longestMs = Math.round(rhythm.longestMs)
    log.info({ event: 'stream-probe', connectionId: carrier.id, stream: stream.id, quietMs, longestMs })
    this.#probes += 1
    const probe = watched.beginProbe(now)
    this.#parts.onDoubt(stream)
    this.#stale(watched, `${quietReason(watched, now)}: asked for again`)
    // To ask in that way was of no use before.
    if (wasInVain) this.#startOver(carrier, watched, probe)
    else
      void carrier.probe(stream).then((outcome) => {
        if (watched.probe !== probe) return
        if (outcome === 'acknowledged') probe.answeredAt = clock.now()
        else if (outcome === 'unanswered') this.#startOver(carrier, watched, probe)
        else this.#drop(watched)
      })
  }

  /** Ends the subscription and begins it anew: what comes in between is missed, so that is for streams that have most likely stalled. */
  #startOver(carrier: SilentCarrier, watched: WatchedStream, probe: Probe): void {
    const { clock, onEnded } = this.#parts
    const reason = `${quietReason(watched, clock.now())}: subscribed anew`
    probe.isAnew = true
    probe.isLeftBehind = false
    probe.answeredAt = null
    void carrier
      .startOver(watched.stream, () => {
        if (watched.probe !== probe) return
        probe.hasEnded = true
        onEnded(watched.stream, reason)
      })
      .then((outcome) => {
        if (watched.probe !== probe) return
        if (outcome === 'acknowledged') probe.answeredAt = clock.now()
        else this.#drop(watched)
      })
  }

  /** Others see to it. */
  #drop(watched: WatchedStream): void {
    watched.probe = null
    this.#parts.onDoubtOver(watched.stream)
  }

  /** Something came of a stream that was asked for again. */
  #onBack(carrier: SilentCarrier, watched: WatchedStream, probe: Probe, now: number): void {
    const { log, isBook, onMissed } = this.#parts
    const { stream } = watched
    const quietMs = Math.round(watched.quietMs(now))
    log.info({ event: 'stream-back', connectionId: carrier.id, stream: stream.id, quietMs, isAnew: probe.isAnew })
    watched.noteBack(now)
    // The subscription that was begun anew was told already, and of a channel where the newest counts nothing is missed.
    if (probe.isAnew || isBook(stream) || (stream as TrackedStream).onlyNewestCounts) return
    onMissed(
      stream,
      `it came back ${quietMs} ms after it fell silent, once it was asked for again: something may be missing`,
    )
  }

  /** A stream was asked for again, acknowledged, and is as quiet as before. A busy book is begun anew as it is: that costs no more than a look at it. */
  #onNothing(carrier: SilentCarrier, watched: WatchedStream, probe: Probe): void {
    if (probe.isAnew) this.#onQuiet(carrier, watched)
    else if (watched.rhythm.isBusy && this.#parts.isBook(watched.stream)) this.#startOver(carrier, watched, probe)
    else this.#lookOver(carrier, watched, probe)
  }

  /** REST is asked whether the exchange has gone on. */
  #lookOver(carrier: SilentCarrier, watched: WatchedStream, probe: Probe): void {
    const { look, clock } = this.#parts
    probe.answeredAt = null
    void look(watched.stream).then((outcome) => {
      if (watched.probe !== probe) return
      probe.isLeftBehind = outcome === 'behind'
      if (outcome === 'behind') probe.answeredAt = clock.now()
      else if (outcome === 'even') this.#onEven(carrier, watched)
      else if (watched.rhythm.isBusy && !probe.isLookOnly) this.#startOver(carrier, watched, probe)
      else this.#onQuiet(carrier, watched)
    })
  }

  /** It was quiet and the exchange too; that was a while ago. */
  #lookAgain(carrier: SilentCarrier, watched: WatchedStream): void {
    const probe = watched.beginLook()
    this.#parts.onDoubt(watched.stream)
    this.#lookOver(carrier, watched, probe)
  }

  /** It is quiet, and so is the exchange. */
  #onEven(carrier: SilentCarrier, watched: WatchedStream): void {
    const { clock, log, onDoubtOver, onLive } = this.#parts
    const { stream } = watched
    const now = clock.now()
    watched.noteEven(now)
    onDoubtOver(stream)
    log.info({ event: 'stream-quiet', connectionId: carrier.id, stream: stream.id, isEven: true })
    if (stream.status === 'stale' || stream.status === 'live')
      onLive(stream, `${quietReason(watched, now)}: the exchange has nothing newer`)
  }

  /** It is quiet, and nothing says that it has stalled. */
  #onQuiet(carrier: SilentCarrier, watched: WatchedStream): void {
    const { clock, log, onDoubtOver } = this.#parts
    const now = clock.now()
    watched.noteInVain()
    onDoubtOver(watched.stream)
    log.info({ event: 'stream-quiet', connectionId: carrier.id, stream: watched.stream.id, isEven: false })
    const again = `asked for again, and acknowledged; once more ${until(watched.nextProbeAt, now)}`
    this.#stale(watched, `${quietReason(watched, now)}: ${again}`)
  }

  #replace(carrier: SilentCarrier, connection: WatchedConnection, now: number): void {
    const quietMs = Math.round(connection.quietMs(now))
    const longestMs = Math.round(connection.rhythm.longestMs)
    this.#parts.log.warn({ event: 'connection-silent', connectionId: carrier.id, quietMs, longestMs })
    this.#replaced += 1
    connection.noteReplaced(now)
    carrier.replace(
      new StreamError('ERR_CONNECTION_SILENT', `Nothing came on any stream of a connection for ${quietMs} ms.`, {
        context: { 'Longest quiet before': `${longestMs} ms`, Streams: `${carrier.wanted.length}` },
        hint: 'It is replaced, though it may have answered pings. Where the exchange itself is quiet the next one is left alone for longer.',
      }),
    )
  }

  /** A loss says more. */
  #stale({ stream }: WatchedStream, reason: string): void {
    if (stream.status !== 'gapped') this.#parts.onStale(stream, reason)
  }

  #streamOf(stream: Stream, now: number): WatchedStream {
    const watched = this.#streams.get(stream) ?? new WatchedStream(stream, now)
    if (watched.look === 0) this.#streams.set(stream, watched)
    watched.look = this.#look
    return watched
  }

  #connectionOf(id: string, now: number): WatchedConnection {
    const watched = this.#connections.get(id) ?? new WatchedConnection(now)
    if (watched.look === 0) this.#connections.set(id, watched)
    watched.look = this.#look
    return watched
  }
}

/** Whether the silence of a connection says something: one quiet pair is no measure, nor is an account alone. */
function isMeasured({ rhythm }: WatchedConnection, streams: readonly WatchedStream[]): boolean {
  const speaking = streams.filter((watched) => watched.isPublic && watched.rhythm.wasHeard).length
  return rhythm.isKnown && (speaking > 1 || (speaking === 1 && rhythm.isBusy))
}

function hasRoom(streams: readonly WatchedStream[]): boolean {
  return streams.filter(({ probe }) => probe !== null).length < probesAtOnce
}

/** What is not there any more has no rhythm. */
function forgetUnseen(all: Map<unknown, { readonly look: number }>, look: number): void {
  for (const [key, seen] of all) if (seen.look !== look) all.delete(key)
}
