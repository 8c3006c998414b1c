/** What a manager counts of the network it uses: the machine's own. All 0 where it was given another. */
export interface NetworkCounts {
  /** WebSockets opened. */
  readonly socketsOpened: number
  /** REST requests sent, and those of them that went out on a connection which an earlier one had used. */
  readonly restRequests: number
  readonly restRequestsReused: number
  /** Those sent once more, because the server had ended the connection that was kept. */
  readonly restRequestsRepeated: number
  /** How often a connect asked where a host is; how often the cache knew; and how often an answer that is too old was taken, because no new one came in time. */
  readonly addressLookups: number
  readonly addressesFromCache: number
  readonly addressesLastKnown: number
  /** How often the machine's resolver failed. */
  readonly addressLookupFailures: number
}

/** Them while they are counted. */
export type NetworkCounting = { -readonly [Name in keyof NetworkCounts]: number }

export interface NetworkMetrics extends NetworkCounts {
  /** `restRequestsReused` as a share of `restRequests`; 1 before the first. */
  readonly restConnectionReuse: number
}

/** Where nothing was counted. */
export const noTraffic: NetworkCounts = {
  socketsOpened: 0,
  restRequests: 0,
  restRequestsReused: 0,
  restRequestsRepeated: 0,
  addressLookups: 0,
  addressesFromCache: 0,
  addressesLastKnown: 0,
  addressLookupFailures: 0,
}

export function networkMetrics(counts: NetworkCounts): NetworkMetrics {
  const { restRequests, restRequestsReused } = counts
  return { ...counts, restConnectionReuse: restRequests === 0 ? 1 : restRequestsReused / restRequests }
}
