import type { LoggedPush } from '../processes/push-log.js'

/** A push during which the processes had to wait longer for a core, ms, says more about the machine than about anything else. */
export const coreWaitMs = 1

/** A time in which the pushes of an exchange count, in `process.hrtime`. */
export interface Round {
  readonly fromNs: bigint
  readonly untilNs: bigint
  readonly isCut: boolean
}

/** How the pushes from the first round to the last fared. */
export interface PushDelays {
  /** From the first connection that it was pushed on to the handler, ms, each once: those of rounds in which nothing was cut, and those of the others. */
  readonly calmMs: readonly number[]
  readonly cutMs: readonly number[]
  /** Pushes of both that are left out, because a process had no core. */
  readonly leftOut: number
  /** Pushes that never reached the handler, and how often one reached it once more than a connection brought it. */
  readonly lost: number
  readonly doubled: number
}

/** What became of everything that was pushed. Both lists are in the order of time. */
export function pushDelays(
  pushed: readonly LoggedPush[],
  delivered: readonly LoggedPush[],
  rounds: readonly Round[],
): PushDelays {
  const begin = rounds[0]?.fromNs ?? 0n
  const end = rounds.at(-1)?.untilNs ?? 0n
  const indexOf = new Map(delivered.map(({ content }, index) => [content, index]))
  const [calmMs, cutMs]: [number[], number[]] = [[], []]
  let [leftOut, lost, doubled] = [0, 0, 0]
  for (const [index, sent] of pushed.entries()) {
    if (sent.atNs < begin || sent.atNs >= end) continue
    const deliveredIndex = indexOf.get(sent.content)
    const arrival = deliveredIndex === undefined ? undefined : delivered[deliveredIndex]
    if (deliveredIndex === undefined || arrival === undefined) {
      lost += 1
      continue
    }
    doubled += Math.max(0, arrival.times - sent.times)
    const round = rounds.find(({ fromNs, untilNs }) => sent.atNs >= fromNs && sent.atNs < untilNs)
    if (round === undefined) continue
    const waitNs = waitOfSender(pushed, index) + waitOfReceiver(delivered, deliveredIndex, sent.atNs)
    if (waitNs > coreWaitMs * 1e6) leftOut += 1
    else (round.isCut ? cutMs : calmMs).push(Number(arrival.atNs - sent.atNs) / 1e6)
  }
  return { calmMs, cutMs, leftOut, lost, doubled }
}

/** How long the exchange was without a core until it had anything else to push. */
function waitOfSender(pushed: readonly LoggedPush[], index: number): number {
  const own = pushed[index]!
  return (pushed[index + 1] ?? own).waitNs - own.waitNs
}

/** How long the client was without a core from the last delivery before it was sent until its own. */
function waitOfReceiver(delivered: readonly LoggedPush[], index: number, sentNs: bigint): number {
  let before = index
  while (before > 0 && delivered[before]!.atNs > sentNs) before -= 1
  return delivered[index]!.waitNs - delivered[before]!.waitNs
}
