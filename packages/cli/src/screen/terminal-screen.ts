import type { CommandIo } from '../command-io.js'
import { type ColourDepth, paintLine } from './paint.js'
import { type Line, lineWidth } from './text/line.js'

/** Private modes of a terminal as xterm has them ("XTerm Control Sequences"): 1049 the other screen, 25 the cursor, 7 lines that wrap, 2026 frames shown whole. */
const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J'
const leave = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l'
const beginFrame = '\u001b[?2026h'
const endFrame = '\u001b[?2026l'

type Output = CommandIo['stdout']

/**
 * The whole terminal as lines: its other screen, so that what was there before is there afterwards. Only lines that changed are written, and
 * none while the terminal has not taken the last ones: a slow one sees fewer frames.
 */
export class TerminalScreen {
  readonly #output: Output
  readonly #depth: ColourDepth
  #shown: readonly string[] = []
  #isOpen = false
  #isBehind = false

  constructor(output: Output, depth: ColourDepth) {
    this.#output = output
    this.#depth = depth
  }

  /** Of the terminal at this moment; 80 by 24 where it does not know. */
  get size(): { readonly columns: number; readonly rows: number } {
    // A terminal that nobody has looked at yet says 0.
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 }
  }

  open(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#shown = []
    this.#write(enter)
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#output.removeListener('drain', this.#onDrain)
    this.#output.write(leave)
  }

  /** Another program has written here, or the terminal has another size: the next frame is written whole. */
  forget(): void {
    this.#shown = []
    if (this.#isOpen) this.#write('\u001b[2J')
  }

  draw(lines: readonly Line[]): void {
    if (!this.#isOpen || this.#isBehind) return
    const painted = lines.map((line) => paintLine(line, this.#depth))
    const { columns } = this.size
    const changed = painted.map((text, row) => {
      if (text === this.#shown[row]) return ''
      // After a line that ends in the last column the cursor stands on its last character, which this would erase.
      const rest = lineWidth(lines[row] ?? []) < columns ? '\u001b[K' : ''
      return `\u001b[${row + 1};1H${text}${rest}`
    })
    this.#shown = painted
    const frame = changed.join('')
    if (frame !== '') this.#write(`${beginFrame}${frame}${endFrame}`)
  }

  #write(text: string): void {
    if (this.#output.write(text)) return
    this.#isBehind = true
    this.#output.once('drain', this.#onDrain)
  }

  readonly #onDrain = (): void => {
    this.#isBehind = false
  }
}
