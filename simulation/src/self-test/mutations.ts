import type { SimulationMutation } from './simulation-mutation.js'

const sessionStreams = 'packages/core/src/session/streams/session-streams.ts'
const replay = 'packages/core/src/session/streams/replay.ts'
const connection = 'packages/core/src/connection/connection.ts'
const retryPlan = 'packages/core/src/connection/attempts/retry-plan.ts'
const pipeline = 'packages/core/src/pipeline/pipeline.ts'
const books = 'packages/core/src/book/book-synchronizer.ts'
const lane = 'packages/core/src/group/lane.ts'
const answers = 'packages/core/src/manager/session-answers.ts'

/** The named ways in which the code is broken to see that the simulation notices. Each must be caught. */
export const mutations: readonly SimulationMutation[] = [
  // What is asked of the exchange.
  {
    name: 'no replay',
    file: replay,
    find: "await Promise.all([asks.ask('subscribe', missing), wait.promise])",
    replace: 'wait.acceptAll()',
  },
  {
    name: 'replay twice',
    file: replay,
    find: "await Promise.all([asks.ask('subscribe', missing), wait.promise])",
    replace: "await Promise.all([asks.ask('subscribe', missing), asks.ask('subscribe', missing), wait.promise])",
  },
  {
    name: 'subscribe lost in an outage',
    file: sessionStreams,
    find: 'const added = this.#ledger.want(streams)',
    replace: 'const added = this.#asks.isUp ? this.#ledger.want(streams) : []',
  },
  {
    name: 'unsubscribe never sent',
    file: sessionStreams,
    find: "await this.#asks.ask('unsubscribe', removed)",
    replace: "await this.#asks.ask('unsubscribe', [])",
  },
  {
    name: 'postponed streams forgotten',
    file: 'packages/core/src/session/streams/postponed.ts',
    find: 'onDue([...waiting.streams])',
    replace: 'void onDue',
  },
  {
    name: 'wrong acknowledgement matched',
    file: 'packages/core/src/session/streams/ledger.ts',
    find: '(requestId === null || message.requestId === requestId) &&',
    replace: '(requestId === null || message.requestId !== requestId) &&',
  },
  {
    name: 'ledger keeps what was active over a loss',
    file: 'packages/core/src/session/streams/ledger.ts',
    find: `    for (const entry of this.#entries.values()) {
      entry.status = 'wanted'`,
    replace: `    for (const entry of this.#entries.values()) {
      if (entry.status !== 'active') entry.status = 'wanted'`,
  },
  {
    name: 'more streams than a connection carries',
    file: 'packages/core/src/group/placement.ts',
    find: 'if (this.#left <= 0) return false',
    replace: '',
    told: { exchange: 'mexc_spot', side: 'public' },
  },
  // Connections.
  {
    name: 'end of a connection not heard',
    file: connection,
    find: 'else this.#onLost(this.#failureOfClose(close))',
    replace: '',
  },
  {
    name: 'dead socket delivers',
    file: 'packages/core/src/connection/attachment.ts',
    find: 'this.transport.listen(deaf)',
    replace: '',
  },
  {
    name: 'watchdog never barks',
    file: 'packages/core/src/connection/heartbeat.ts',
    find: 'if (!takeHeard()) onDead()',
    replace: 'takeHeard()',
  },
  {
    name: 'attempts never reset',
    file: retryPlan,
    find: `  recovered(): void {
    this.#attempts = 0`,
    replace: '  recovered(): void {',
  },
  {
    name: 'open breaker is the end',
    file: connection,
    find: 'if (delayMs === null) {\n        this.#permit',
    replace: "if (delayMs === null || this.breaker === 'open') {\n        this.#permit",
  },
  {
    name: 'breaker never opens',
    file: retryPlan,
    find: "if (this.#breaker !== 'closed' || this.#attempts + this.#unproven >= policy.maxAttempts) this.#breaker = 'open'",
    replace: '',
  },
  {
    name: 'Retry-After not obeyed',
    file: retryPlan,
    find: 'const delayMs = obeyRetryAfter(Math.max(ownDelayMs, putOffMs), failure.error, random)',
    replace: 'const delayMs = ownDelayMs\n    void obeyRetryAfter',
  },
  // What is told.
  {
    name: 'gap not told',
    file: answers,
    find: "        states.mark(event.streams, 'gapped', reason)\n        gaps.onLost(event.streams, reason, event.wholeUntil)\n        return",
    replace: '        return',
  },
  {
    name: 'death beside one that was away not told',
    file: 'packages/core/src/group/lane-pair.ts',
    find: '    this.#tellHole(lane, event.streams, { received: heardUntil, sent: Math.min(sent, heardUntil) })\n    const led',
    replace: '    void heardUntil\n    const led',
  },
  {
    name: 'gap told by receipt',
    file: 'packages/core/src/gap/delivery-memory.ts',
    find: 'return this.#sentTimes.sentAt(timeOf(last), last.receivedAt)',
    replace: 'return last.receivedAt',
    told: { side: 'public' },
  },
  {
    name: 'drop not told',
    file: pipeline,
    find: 'this.#consumer.dropped(stream, receivedAt)',
    replace: '',
    told: { side: 'public' },
  },
  {
    name: 'what comes late makes live',
    file: 'packages/core/src/manager/delivery.ts',
    find: 'if (isLate) this.#states.touchLate(message)',
    replace: 'if (isLate && !isLate) this.#states.touchLate(message)',
  },
  // What is delivered.
  {
    name: 'ring without a bound',
    file: pipeline,
    find: 'return this.#ring.length >= maxPendingMessages',
    replace: 'return false',
    told: { side: 'public' },
  },
  {
    name: 'ring keeps the socket’s memory',
    file: 'packages/core/src/ring/frame-ring.ts',
    find: 'frame.bytes.copy(this.#arena, start, frame.start, frame.end)',
    replace: '',
  },
  {
    name: 'order lost while frames wait',
    file: pipeline,
    find: 'if (this.#waiting) {\n      this.#enqueue(frame)',
    replace: 'if (this.#waiting && this.#ring.length % 2 === 0) {\n      this.#enqueue(frame)',
  },
  {
    name: 'take-over doubles',
    file: 'packages/core/src/group/merge/take-over.ts',
    find: 'if (!fromOld) return log.newsOf(message)',
    replace: 'if (!fromOld) return message',
  },
  {
    name: 'take-over keeps what it held',
    file: lane,
    find: 'this.#session.release()',
    replace: '',
  },
  {
    name: 'take-over leaves the old connection',
    file: lane,
    find: 'const shortfall = await old.retire()',
    replace: 'const shortfall = null',
  },
  // Books.
  {
    name: 'no gap check',
    file: books,
    find: "if (verdict === 'apply') this.#write(message, last)",
    replace: "if (verdict !== 'ignore') this.#write(message, last)",
  },
  {
    name: 'stale snapshot accepted',
    file: books,
    find: 'if (held !== null && this.#isStale(snapshot.sequence, held)) return this.#refuseStale()',
    replace: '',
  },
  {
    name: 'empty snapshot accepted',
    file: books,
    find: "if (snapshot.bids.length + snapshot.asks.length === 0) return unfit('The snapshot has no levels.')",
    replace: '',
  },
  {
    name: 'book stays live through an outage',
    file: books,
    find: 'this.#recovery.cancel()\n    this.#announce(this.#leaveSync(reason))',
    replace: 'this.#recovery.cancel()',
  },
  {
    name: 'lost book not fetched again',
    file: books,
    find: 'const previous = this.#leaveSync(reason)\n    this.#recovery.recover()\n    this.#announce(previous)\n    this.#reportGap(reason, expected, got)',
    replace:
      'const previous = this.#leaveSync(reason)\n    this.#announce(previous)\n    this.#reportGap(reason, expected, got)',
  },
  // The end.
  {
    name: 'close leaves a timer',
    file: 'packages/core/src/stream/silence/silence-watch.ts',
    find: '  stop(): void {\n    this.#timer?.cancel()',
    replace: '  stop(): void {',
  },
  {
    name: 'close leaves a socket',
    file: connection,
    find: 'if (attached === null) return\n    const { transport } = attached\n    attached.takeHeard()',
    replace: 'if (attached === null || attached !== null) return\n    const { transport } = attached',
  },
  {
    name: 'close settles nobody',
    file: sessionStreams,
    find: 'this.finish(error)\n    this.#ledger.reset()',
    replace: 'this.#ledger.reset()',
  },
  {
    name: 'listen key not given back',
    file: 'packages/exchange-mexc/src/spot/account.ts',
    find: 'return this.#pool.release(env)',
    replace: 'return Promise.resolve(env).then(() => {})',
    told: { exchange: 'mexc_spot', side: 'private' },
  },
]
