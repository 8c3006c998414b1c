const tries = 10

/** `process.hrtime` where `performance.now()` of this process is 0: one clock for all processes of a machine. Of several tries the one that took least. */
export function hrtimeOrigin(): bigint {
  let origin = 0n
  let least = Number.POSITIVE_INFINITY
  for (let count = 0; count < tries; count += 1) {
    const before = performance.now()
    const hrtimeNs = process.hrtime.bigint()
    const after = performance.now()
    if (after - before >= least) continue
    least = after - before
    origin = hrtimeNs - BigInt(Math.round(((before + after) / 2) * 1e6))
  }
  return origin
}
