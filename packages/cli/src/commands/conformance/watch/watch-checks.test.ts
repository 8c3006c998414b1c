import { EventEmitter } from 'node:events'
import { ManualClock } from '@tapewire/core/testing'
import { type CheckResult, type ConformanceReport, chosenChecks } from '@tapewire/testkit'
import { describe, expect, test } from 'vitest'
import type { CheckNews } from '../../../check-news.js'
import type { CliError } from '../../../cli-error.js'
import { type CheckProcess, watchChecks } from './watch-checks.js'

class Child extends EventEmitter implements CheckProcess {
  readonly sent: string[] = []
  isKilled = false

  send(message: string): void {
    this.sent.push(message)
  }

  kill(): void {
    if (this.isKilled) return
    this.isKilled = true
    this.emit('exit', null, 'SIGKILL')
  }
}

const only = ['definition.name-form', 'definition.title', 'plan.same-objects']
const checks = chosenChecks(only)

function passed(id: string): CheckResult {
  const check = checks.find((one) => one.id === id)
  const { title = '', level = 'must' } = check ?? {}
  return { id, title, level, area: 'definition', status: 'pass', reason: null, ms: 1, failure: null }
}

const begun: CheckNews = {
  kind: 'begun',
  exchanges: ['acme_spot', 'acme_futures'],
  only,
  checkTimeoutMs: 1_000,
  junit: 'report.xml',
}

/** A run of which this was heard. */
function watched(...news: readonly CheckNews[]) {
  const child = new Child()
  const clock = new ManualClock()
  const printed: ConformanceReport[] = []
  const files: (readonly [file: string, exchanges: readonly string[]])[] = []
  const errors: CliError[] = []
  let interrupt = (): void => {}
  const code = watchChecks({
    child,
    clock,
    onInterrupt: (listener) => {
      interrupt = listener
    },
    print: async (report) => void printed.push(report),
    writeJunit: async (file, reports) => void files.push([file, reports.map(({ exchange }) => exchange)]),
    fail: async (error) => void errors.push(error),
  })
  for (const one of news) child.emit('message', one)
  return { child, clock, code, printed, files, errors, interrupt: () => interrupt() }
}

const inTheSecondCheck: readonly CheckNews[] = [
  { kind: 'loading', packageName: 'acme' },
  begun,
  { kind: 'exchange' },
  { kind: 'started', id: 'definition.name-form' },
  { kind: 'ended', result: passed('definition.name-form') },
  { kind: 'started', id: 'definition.title' },
]

describe('a run of checks that is watched', () => {
  test('ends with the code of the run itself, and nothing is said beside it', async () => {
    const { child, clock, code, printed, files, errors } = watched(...inTheSecondCheck)
    child.emit('exit', 1, null)
    expect({ code: await code, printed, files, errors, timers: clock.pendingTimers }).toEqual({
      code: 1,
      printed: [],
      files: [],
      errors: [],
      timers: 0,
    })
  })

  test('is ended in a check that does not come back: the check has failed, and the rest is reported too', async () => {
    const { child, clock, code, printed, files } = watched(...inTheSecondCheck)
    clock.advance(2_199)
    expect(child.isKilled).toBe(false)
    clock.advance(1)
    expect(await code).toBe(1)
    expect(
      printed.map(({ exchange, passed: right, failed, warned, skipped }) => [exchange, right, failed, warned, skipped]),
    ).toEqual([
      ['acme_spot', 1, 0, 1, 1],
      ['acme_futures', 0, 0, 0, 3],
    ])
    expect(printed[0]?.checks.slice(1)).toMatchObject([
      {
        id: 'definition.title',
        area: 'definition',
        status: 'fail',
        reason: expect.stringMatching(/^it did not come back in 2\.2 s .* such as a loop without an end$/),
        failure: { file: 'definition.ts', docs: 'writing-an-adapter.md#the-definition' },
      },
      { id: 'plan.same-objects', area: 'plan', status: 'skip', reason: 'The run ended in definition.title.' },
    ])
    expect(files).toEqual([['report.xml', ['acme_spot', 'acme_futures']]])
  })

  test('has as long for each check, however many there are', async () => {
    const { child, clock, code } = watched(...inTheSecondCheck)
    clock.advance(2_000)
    child.emit('message', { kind: 'ended', result: passed('definition.title') })
    child.emit('message', { kind: 'started', id: 'plan.same-objects' })
    clock.advance(2_000)
    expect(child.isKilled).toBe(false)
    child.emit('exit', 0, null)
    expect(await code).toBe(0)
  })

  test('is reported where it dies in a check, without what it has printed itself', async () => {
    const { child, code, printed, files } = watched(
      ...inTheSecondCheck.slice(0, 3),
      ...checks.map(({ id }): CheckNews => ({ kind: 'ended', result: passed(id) })),
      { kind: 'printed' },
      { kind: 'exchange' },
      { kind: 'started', id: 'definition.name-form' },
    )
    child.emit('exit', null, 'SIGABRT')
    expect(await code).toBe(1)
    expect(printed).toMatchObject([{ exchange: 'acme_futures', passed: 0, failed: 1, skipped: 2 }])
    expect(printed[0]?.checks[0]?.reason).toMatch(/died of SIGABRT meanwhile, as where memory runs out/)
    expect(files).toEqual([['report.xml', ['acme_spot', 'acme_futures']]])
  })

  test('is told as an error where its package is never loaded', async () => {
    const { clock, code, errors, printed } = watched({ kind: 'loading', packageName: 'acme' })
    clock.advance(30_000)
    expect(await code).toBe(1)
    expect(errors.map((error) => [error.code, error.shortMessage])).toEqual([
      [
        'ERR_PACKAGE_BROKEN',
        expect.stringMatching(/^The package acme, while it was loaded: it did not come back in 30 s/),
      ],
    ])
    expect(printed).toEqual([])
  })

  test('ends in order with one Ctrl-C, and otherwise after 3 s', async () => {
    const quick = watched(...inTheSecondCheck)
    quick.interrupt()
    expect([quick.child.sent, quick.child.isKilled]).toEqual([['interrupt'], false])
    quick.child.emit('exit', 130, null)
    expect(await quick.code).toBe(130)
    const busy = watched(...inTheSecondCheck)
    busy.interrupt()
    busy.clock.advance(3_000)
    expect([await busy.code, busy.child.isKilled, busy.printed]).toEqual([130, true, []])
  })

  test('ends at once with a second Ctrl-C', async () => {
    const { code, child, interrupt } = watched(...inTheSecondCheck)
    interrupt()
    interrupt()
    expect([await code, child.isKilled]).toEqual([130, true])
  })
})
