import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

interface Progress {
  hear(line: string): void
  end(well: boolean): void
}

interface Options {
  readonly note: (line: string) => string | undefined
  readonly quietMs?: number
}

// Plain Node without types, since it runs before anything is installed.
const { Progress } = (await import(new URL('../progress.mjs', import.meta.url).href)) as {
  Progress: new (announcement: string, options: Options) => Progress
}

const note = (line: string): string | undefined => /^package (.*)/.exec(line)?.[1]
let shown = ''

/** What was shown since this was asked last. */
function taken(): string {
  const text = shown
  shown = ''
  return text
}

/** Something that is shown as on a terminal, or as in a file. */
function begin(isTerminal: boolean, quietMs = 0): Progress {
  vi.spyOn(process.stderr, 'isTTY', 'get').mockReturnValue(isTerminal)
  return new Progress('building', { note, quietMs })
}

beforeEach(() => {
  vi.useFakeTimers()
  shown = ''
  Object.defineProperty(process.stderr, 'isTTY', { configurable: true, get: () => false })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown += text
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  Reflect.deleteProperty(process.stderr, 'isTTY')
})

describe('the progress of a command', () => {
  it('is a line every five seconds where lines stay, with what was noted last and the time', () => {
    const progress = begin(false)
    expect(taken()).toBe('tapewire: building\n')
    progress.hear('package one')
    progress.hear('a word about nothing')
    vi.advanceTimersByTime(4_750)
    expect(taken()).toBe('')
    vi.advanceTimersByTime(250)
    expect(taken()).toBe('tapewire: building, one, 5 s\n')
    vi.advanceTimersByTime(2_000)
    progress.end(true)
    expect(taken()).toBe('tapewire: building, done, 7 s\n')
    vi.advanceTimersByTime(60_000)
    expect(taken()).toBe('')
  })

  it('is one line on a terminal, written over four times a second', () => {
    const progress = begin(true)
    expect(taken()).toBe('\r\x1b[2Ktapewire: building')
    progress.hear('package two')
    vi.advanceTimersByTime(250)
    expect(taken()).toBe('\r\x1b[2Ktapewire: building, two')
    vi.advanceTimersByTime(1_000)
    expect(taken().split('\r')).toHaveLength(5)
    progress.end(false)
    expect(taken()).toBe('\r\x1b[2Ktapewire: building, failed, 1 s\n')
  })

  it('is not worth a word where it ends in time', () => {
    const progress = begin(false, 1_500)
    vi.advanceTimersByTime(1_250)
    progress.end(true)
    expect(taken()).toBe('')
  })

  it('is told once it takes longer than that', () => {
    const progress = begin(false, 1_500)
    vi.advanceTimersByTime(1_500)
    expect(taken()).toBe('tapewire: building, 2 s\n')
    progress.end(true)
    expect(taken()).toBe('tapewire: building, done, 2 s\n')
  })
})
