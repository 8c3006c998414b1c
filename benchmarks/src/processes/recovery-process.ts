// A client that is cut, in a process of its own, and says when everything it streams is back.
import { commands, report } from './child-side.js'
import { type CutClientReady, type CutClientStart, startCutClient } from './cut-client.js'
import { SkippingClock } from './skipping-clock.js'

export interface RecoveryCommand {
  readonly kind: 'await'
  readonly skipMs: number
}

/** Times are `process.hrtime`, which all processes of a machine share. */
export type RecoveryReport = { readonly kind: 'awaiting' } | { readonly kind: 'recovered'; readonly atNs: bigint }

const clock = new SkippingClock()
/** Books that were lost since the last command, and those of them that are not live again; connections that are not up again, with every stream acknowledged. */
const lost = new Set<string>()
const notLive = new Set<string>()
const notUp = new Set<string>()
let books = 0
let isAwaiting = false

function note(set: Set<string>, name: string, isBack: boolean): void {
  if (isBack) set.delete(name)
  else set.add(name)
  if (!isAwaiting || notLive.size + notUp.size > 0 || lost.size < books) return
  isAwaiting = false
  report<RecoveryReport>({ kind: 'recovered', atNs: process.hrtime.bigint() })
}

async function start(command: CutClientStart): Promise<void> {
  books = command.symbols.length
  const feed = await startCutClient(command, { clock })
  feed.on('connection', ({ connectionId, state }) => note(notUp, connectionId, state === 'connected'))
  feed.on('stream', ({ symbol, channel, status }) => {
    // Others are live with their first message, and when that comes is the market's affair.
    if (channel !== 'orderbook') return
    if (status !== 'live') lost.add(String(symbol))
    note(notLive, String(symbol), status === 'live')
  })
  report<CutClientReady>({ kind: 'ready' })
}

commands<CutClientStart | RecoveryCommand>(async (command) => {
  if (command.kind === 'start') return start(command)
  clock.skip(command.skipMs)
  lost.clear()
  isAwaiting = true
  report<RecoveryReport>({ kind: 'awaiting' })
})
