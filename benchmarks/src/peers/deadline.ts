/** Longest that a call of a client may take, ms: some never settle where the exchange answers otherwise than they expect. */
const deadlineMs = 10_000

/** What the call brings, or an error that it brought nothing in time. */
export async function withDeadline<Result>(what: string, call: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing came within ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    return await Promise.race([call, late])
  } finally {
    clearTimeout(timer)
  }
}
