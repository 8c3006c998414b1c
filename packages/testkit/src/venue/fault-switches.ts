import type { Clock, Instrument } from '@tapewire/core'
import type { SnapshotFault, VenueControl } from './venue-control.js'

/** What every emulation can be made to do wrong, as it is switched now. Sessions and REST look at it with each request. */
export interface FaultSwitches {
  readonly refusedPairs: Set<Instrument>
  silentAcks: boolean
  ackDelayMs: number
  silentPongs: boolean
  /** What is wrong with every book over REST. */
  snapshotFault: SnapshotFault | null
  restBlock: 'firewall' | 'rate-limit' | null
  signedRefusal: string | null
  /** Streams whose name matches one of these are refused. */
  refusedStreams: RegExp[]
  /** Most streams on one connection, where the exchange itself allows more. */
  maxStreams: number
  /** How far ahead the exchange's own clock is, ms. */
  skewMs: number
}

/** The part of a `VenueControl` that is the same in every emulation. */
export type FaultControl = Pick<
  VenueControl,
  | 'refusePair'
  | 'listPair'
  | 'silenceAcks'
  | 'delayAcks'
  | 'silencePongs'
  | 'spoilSnapshots'
  | 'blockRest'
  | 'refuseSigned'
  | 'refuseStream'
  | 'acceptStreams'
  | 'limitStreams'
  | 'skewClock'
>

/** Everything switched off. */
export function faultSwitches(): FaultSwitches {
  return {
    refusedPairs: new Set(),
    silentAcks: false,
    ackDelayMs: 0,
    silentPongs: false,
    snapshotFault: null,
    restBlock: null,
    signedRefusal: null,
    refusedStreams: [],
    maxStreams: Number.POSITIVE_INFINITY,
    skewMs: 0,
  }
}

/** What time it is at the exchange, by the clock of its venue. */
export function exchangeClock(clock: Clock, faults: FaultSwitches): Clock {
  return {
    now: () => clock.now() + faults.skewMs,
    wallTime: () => clock.wallTime() + faults.skewMs,
    setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
  }
}

/** What moves these switches. */
export function faultControl(faults: FaultSwitches): FaultControl {
  return {
    refusePair: (pair) => void faults.refusedPairs.add(pair),
    listPair: (pair) => void faults.refusedPairs.delete(pair),
    silenceAcks: (isSilent = true) => {
      faults.silentAcks = isSilent
    },
    delayAcks: (delayMs) => {
      faults.ackDelayMs = delayMs
    },
    silencePongs: (isSilent = true) => {
      faults.silentPongs = isSilent
    },
    spoilSnapshots: (how) => {
      faults.snapshotFault = how
    },
    blockRest: (how) => {
      faults.restBlock = how
    },
    refuseSigned: (code) => {
      faults.signedRefusal = code
    },
    refuseStream: (pattern) => void faults.refusedStreams.push(pattern),
    acceptStreams: () => {
      faults.refusedStreams = []
    },
    limitStreams: (streams) => {
      faults.maxStreams = streams ?? Number.POSITIVE_INFINITY
    },
    skewClock: (skewMs) => {
      faults.skewMs = skewMs
    },
  }
}
