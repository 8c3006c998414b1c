import type { Clock, StreamError, Timer } from '@tapewire/core'
import { toStreamError } from '@tapewire/core/adapter'
import type { LetGoReason, Ownership, ShareHandler } from './share-handler.js'
import type { ShareTable } from './share-table.js'

/** What a member knows of its group when it looks after a share. */
export interface Outlook {
  /** The member's id. */
  readonly self: string
  /** Whom the share belongs to; null where there is nobody. */
  readonly target: string | null
  /** Who is to keep it warm; null for nobody. */
  readonly second: string | null
  /** Whether the member has known the group for long enough to take what never had an owner. */
  readonly isSettled: boolean
  isAlive(id: string): boolean
  isDead(id: string): boolean
}

export interface ShareKeeperParts {
  readonly share: string
  readonly table: ShareTable
  readonly handler: ShareHandler
  readonly clock: Clock
  /** How long the last of what was published may take to get to NATS, ms. */
  readonly letGoTimeoutMs: number
  /** How long after a failure of `prepare` it is tried again, ms. */
  readonly retryMs: number
  /** Whether the member's lease is valid. */
  isValid(): boolean
  /** Something changed: look after the share again. */
  onChange(): void
  /** The table does not answer. */
  onAway(thrown: unknown): void
  /** The handler failed. */
  onError(error: StreamError): void
}

/** What a member has of a share: nothing; streams that get ready, or are; all of it; or nothing any more, which the table may not know yet. */
type Stage = 'idle' | 'preparing' | 'prepared' | 'owned' | 'released'

/** One share, as one member sees it. */
export class ShareKeeper {
  readonly #parts: ShareKeeperParts
  #stage: Stage = 'idle'
  #isBusy = false
  /** Whether the lease ended while there was something of it, and nobody has said yet whether it is needed again. */
  #isOpen = false
  /** Whoever waited for something finds here whether the share was lost meanwhile. */
  #life = 0
  #preparing: AbortController | null = null
  #retry: Timer | null = null

  constructor(parts: ShareKeeperParts) {
    this.#parts = parts
  }

  get isOwned(): boolean {
    return this.#stage === 'owned'
  }

  /** Whether the member has nothing of it. */
  get isIdle(): boolean {
    return this.#stage === 'idle'
  }

  /** Looks after the share, unless that is being done. */
  tend(outlook: Outlook): void {
    if (this.#isBusy) return
    this.#isBusy = true
    const life = this.#life
    const done = (): void => {
      this.#isBusy = false
      if (this.#life !== life) this.#parts.onChange()
    }
    this.#step(outlook, life).then(done, (thrown: unknown) => {
      done()
      this.#parts.onAway(thrown)
    })
  }

  /** Everything is over, at once: the lease is. */
  lapse(): void {
    this.#life += 1
    this.#retry?.cancel()
    this.#retry = null
    this.#drop('lapsed')
  }

  async #step(outlook: Outlook, life: number): Promise<void> {
    const { share, table } = this.#parts
    const { self } = outlook
    const { owner, next } = table.record(share)
    if (this.#stage === 'released') {
      if (owner === self) return this.#release(outlook)
      this.#stage = 'idle'
    }
    if (owner === self) {
      // Taken, although the answer said nothing of it.
      if (this.#stage !== 'owned') this.#own('death', life)
      return this.#tendOwned(outlook)
    }
    // Others hold it, who took us for dead.
    if (this.#stage === 'owned') this.#drop('lapsed')
    if (owner !== null && !outlook.isDead(owner)) {
      if (next === self) return this.#getReady(life)
      this.#drop('not-needed')
      return
    }
    if (this.#heir(outlook) !== self) {
      if (next !== self) this.#drop('not-needed')
      return
    }
    if (owner === null && table.epoch(share) === 0 && !outlook.isSettled) return
    const after = afterWhat(owner, table.epoch(share))
    const isTaken = await this.#write({ owner: self, epoch: null, next: null, isReady: false })
    if (isTaken) this.#own(after, life)
  }

  /** Who takes what has no owner: whoever is ready for it, else whom it belongs to. */
  #heir({ target, isAlive }: Outlook): string | null {
    const { next, isReady } = this.#parts.table.record(this.#parts.share)
    return next !== null && isReady && isAlive(next) ? next : target
  }

  async #tendOwned(outlook: Outlook): Promise<void> {
    const { self, target, second } = outlook
    const { next, isReady, epoch } = this.#parts.table.record(this.#parts.share)
    if (target === null) return this.#release(outlook)
    const wanted = target === self ? second : target
    if (next !== wanted) {
      const known = epoch ?? this.#parts.table.epoch(this.#parts.share)
      await this.#write({ owner: self, epoch: known, next: wanted, isReady: false })
      return
    }
    if (target !== self && isReady) await this.#release(outlook)
  }

  /** Stops publishing, sees that all of it is with NATS, and says so. */
  async #release({ self, target }: Outlook): Promise<void> {
    const { share, table } = this.#parts
    const life = this.#life
    if (this.#stage === 'owned') {
      this.#stage = 'released'
      await this.#inTime(this.#letGo(target === null ? 'left' : 'moved'))
      if (this.#life !== life) return
    }
    const { next, isReady, owner } = table.record(share)
    if (owner !== self) return
    const isDone = await this.#write({ owner: null, epoch: null, next, isReady })
    if (isDone && this.#life === life) this.#stage = 'idle'
  }

  async #getReady(life: number): Promise<void> {
    const { share, table } = this.#parts
    if (this.#stage === 'idle') return this.#prepare(life)
    const record = table.record(share)
    if (this.#stage === 'prepared' && !record.isReady)
      await this.#write({ ...record, epoch: table.epoch(share), isReady: true })
  }

  #prepare(life: number): void {
    const { share, handler, clock, retryMs, onChange } = this.#parts
    if (this.#retry !== null) return
    const controller = new AbortController()
    this.#stage = 'preparing'
    this.#preparing = controller
    this.#isOpen = false
    const isStill = (): boolean => this.#life === life && this.#preparing === controller && !controller.signal.aborted
    const onReady = (): void => {
      if (!isStill()) return
      this.#preparing = null
      if (this.#stage === 'preparing') this.#stage = 'prepared'
      onChange()
    }
    const onFailed = (thrown: unknown): void => {
      if (!isStill()) return
      this.#preparing = null
      this.#report(thrown, 'The streams of a share did not get ready.')
      if (this.#stage !== 'preparing') return
      this.#drop('not-needed')
      this.#retry = clock.setTimer(retryMs, () => {
        this.#retry = null
        onChange()
      })
    }
    // A handler that throws at once is one that rejects.
    void Promise.resolve()
      .then(() => handler.prepare(share, controller.signal))
      .then(onReady, onFailed)
  }

  #own(after: Ownership['after'], life: number): void {
    const { share, table, handler, isValid } = this.#parts
    // What was taken for a member that is over is left to whoever finds that it is.
    if (this.#life !== life || !isValid()) return
    const isWarm = this.#stage === 'prepared'
    this.#stage = 'owned'
    this.#isOpen = false
    this.#preparing = null
    try {
      handler.own(share, { epoch: table.epoch(share), isWarm, after })
    } catch (thrown) {
      this.#report(thrown, 'Whoever was to publish a share failed.')
    }
  }

  #drop(reason: LetGoReason): void {
    const stage = this.#stage
    this.#preparing?.abort()
    this.#preparing = null
    this.#stage = 'idle'
    const hasSome = stage === 'owned' || stage === 'preparing' || stage === 'prepared'
    if (!hasSome && !(this.#isOpen && reason === 'not-needed')) return
    this.#isOpen = reason === 'lapsed'
    void this.#letGo(reason)
  }

  async #letGo(reason: LetGoReason): Promise<void> {
    try {
      await this.#parts.handler.letGo(this.#parts.share, reason)
    } catch (thrown) {
      this.#report(thrown, 'Whoever published a share failed to stop.')
    }
  }

  /** Changes the table, unless the member may not any more. */
  async #write(record: Parameters<ShareTable['write']>[1]): Promise<boolean> {
    const { table, share, isValid, onChange } = this.#parts
    if (!isValid()) return false
    const isDone = await table.write(share, record)
    onChange()
    return isDone
  }

  async #inTime(work: Promise<void>): Promise<void> {
    const { clock, letGoTimeoutMs } = this.#parts
    let timer: Timer | null = null
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimer(letGoTimeoutMs, resolve)
    })
    await Promise.race([work, late])
    ;(timer as Timer | null)?.cancel()
  }

  #report(thrown: unknown, message: string): void {
    this.#parts.onError(toStreamError(thrown, 'ERR_HANDLER_FAILED', message))
  }
}

function afterWhat(owner: string | null, revision: number): Ownership['after'] {
  if (owner !== null) return 'death'
  return revision === 0 ? null : 'hand-over'
}
