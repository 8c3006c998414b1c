/** No exchange keeps anybody out for longer: what says so is a mistake, and would otherwise be the end of a feed, ms. */
export const longestRetryAfterMs: number = 24 * 60 * 60_000
