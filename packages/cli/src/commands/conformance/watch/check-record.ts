import {
  type CheckResult,
  type ConformanceCheck,
  type ConformanceReport,
  chosenChecks,
  reportOf,
} from '@tapewire/testkit'
import type { CheckNews } from '../../../check-news.js'

/** What of a run of checks has come to the ears of who watches it: enough to report it in full where the run itself cannot any more. */
export class CheckRecord {
  /** What runs at the moment, for the words of an error: the loading of a package, or checks of it. */
  packageName: string | null = null
  /** Where the report for build servers goes; null where none is wanted. */
  junit: string | null = null
  #checks: readonly ConformanceCheck[] = []
  /** Of each exchange, what has come out. */
  #results: { readonly exchange: string; readonly checks: CheckResult[] }[] = []
  #place = -1
  #printed = 0
  #running: ConformanceCheck | null = null
  #checkTimeoutMs = 0

  hear(news: CheckNews): void {
    switch (news.kind) {
      case 'loading':
        this.packageName = news.packageName
        break
      case 'begun':
        this.junit = news.junit
        this.#checkTimeoutMs = news.checkTimeoutMs
        this.#checks = chosenChecks(news.only ?? undefined)
        this.#results = news.exchanges.map((exchange) => ({ exchange, checks: [] }))
        break
      case 'exchange':
        this.#place += 1
        break
      case 'started':
        this.#running = this.#checks.find(({ id }) => id === news.id) ?? null
        break
      case 'ended':
        this.#running = null
        this.#results[this.#place]?.checks.push(news.result)
        break
      case 'printed':
        this.#printed += 1
        break
    }
  }

  /** Whether the package has been loaded, and its checks have begun. */
  get hasBegun(): boolean {
    return this.#results.length > 0
  }

  /** The longest that nothing may be heard because of a check, ms; null where none runs. */
  get checkTimeoutMs(): number | null {
    return this.#running === null ? null : this.#checkTimeoutMs
  }

  /** The run ends here, in the middle of a check, which has failed for this reason; the rest counts as not checked. Null where no check runs. */
  brokenOff(reason: string): BrokenOff | null {
    const running = this.#running
    if (running === null) return null
    const reports = this.#results.map(({ exchange, checks }, place) => {
      const known = place === this.#place ? [...checks, failed(running, reason, this.#checkTimeoutMs)] : checks
      const rest = place < this.#place ? [] : this.#checks.slice(known.length)
      return reportOf(exchange, [...known, ...rest.map((check) => unrun(check, running))])
    })
    return { all: reports, unprinted: reports.slice(this.#printed) }
  }
}

/** Reports of a run that was broken off. */
export interface BrokenOff {
  readonly all: readonly ConformanceReport[]
  /** Those that the run itself has not printed. */
  readonly unprinted: readonly ConformanceReport[]
}

function failed(check: ConformanceCheck, reason: string, ms: number): CheckResult {
  const { file, docs } = check
  return {
    ...headOf(check),
    status: 'fail',
    reason,
    ms,
    failure: { expected: null, got: null, frame: null, file, docs },
  }
}

function unrun(check: ConformanceCheck, { id }: ConformanceCheck): CheckResult {
  return { ...headOf(check), status: 'skip', reason: `The run ended in ${id}.`, ms: 0, failure: null }
}

function headOf({ id, title, level }: ConformanceCheck): Pick<CheckResult, 'id' | 'title' | 'level' | 'area'> {
  return { id, title, level, area: id.slice(0, id.indexOf('.')) as CheckResult['area'] }
}
