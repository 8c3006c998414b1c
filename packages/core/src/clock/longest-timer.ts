/** Longer than this a timer does not wait, but fires at once, ms; https://nodejs.org/api/timers.html#settimeoutcallback-delay-args, 2026-11-26. */
export const longestTimerMs: number = 2 ** 31 - 1
