/** What came of one channel of one client. */
export interface ChannelReport {
  readonly channel: string
  messages: number
  mismatches: number
  /** What was wrong, in words; the first few. */
  readonly notes: string[]
}

const mostNotes = 5

/** What came of one client. */
export class Report {
  readonly client: string
  readonly exchange: string
  readonly #channels = new Map<string, ChannelReport>()

  constructor(client: string, exchange: string) {
    this.client = client
    this.exchange = exchange
  }

  get channels(): readonly ChannelReport[] {
    return [...this.#channels.values()]
  }

  /** Whether every channel brought something, and nothing wrong. */
  get isRight(): boolean {
    return this.channels.every(({ messages, mismatches }) => messages > 0 && mismatches === 0)
  }

  /** Announces a channel, so that one that brings nothing is told of too. */
  expect(channel: string): void {
    this.#channel(channel)
  }

  message(channel: string): void {
    this.#channel(channel).messages += 1
  }

  mismatch(channel: string, note: string, count = 1): void {
    const known = this.#channel(channel)
    known.mismatches += count
    if (known.notes.length < mostNotes) known.notes.push(note)
  }

  /** The client failed, in its own words. */
  failure(channel: string, thrown: unknown): void {
    this.mismatch(
      channel,
      shortened(thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : JSON.stringify(thrown)),
    )
  }

  /** A mismatch unless both say the same. */
  equal(channel: string, what: string, told: unknown, truth: unknown): void {
    const [left, right] = [JSON.stringify(told), JSON.stringify(truth)]
    if (left !== right) this.mismatch(channel, `${what}: is ${shortened(right)}, told ${shortened(left)}`)
  }

  #channel(channel: string): ChannelReport {
    const known = this.#channels.get(channel) ?? { channel, messages: 0, mismatches: 0, notes: [] }
    this.#channels.set(channel, known)
    return known
  }
}

function shortened(text: string | undefined): string {
  return text === undefined || text.length < 200 ? String(text) : `${text.slice(0, 200)}…`
}

/** Client, exchange, channel, messages, mismatches; what was wrong below its row. */
export function renderReports(reports: readonly Report[]): string {
  const head = ['client', 'exchange', 'channel', 'messages', 'mismatches']
  const rows = reports.flatMap(({ client, exchange, channels }) =>
    channels.map(({ channel, messages, mismatches, notes }) => ({
      cells: [client, exchange, channel, String(messages), String(mismatches)],
      notes,
    })),
  )
  const widths = head.map((title, index) =>
    Math.max(title.length, ...rows.map(({ cells }) => (cells[index] as string).length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => (index < 3 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |\n`
  const rule = `| ${widths.map((width, index) => (index < 3 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |\n`
  return (
    line(head) +
    rule +
    rows.map(({ cells, notes }) => line(cells) + notes.map((note) => `    ${note}\n`).join('')).join('')
  )
}
