// How long something has been going on, on stderr: one line that is written over on a terminal, a line now and then elsewhere.

/** Between two lines where they stay. */
const LINE_EVERY_MS = 5_000
const TICK_MS = 250

export class Progress {
  #announcement
  #note
  #noted = ''
  #started = Date.now()
  #lastLine = 0
  #terminal = process.stderr.isTTY === true
  #timer
  #shown = false

  /**
   * `note` makes of a line of output what is shown beside the time, or nothing of it. `quietMs` is how long nothing is shown at all: what ends before was
   * not worth a word.
   */
  constructor(announcement, { note, quietMs = 0 }) {
    this.#announcement = announcement
    this.#note = note
    const show = () => {
      if (Date.now() - this.#started >= quietMs) this.#show()
    }
    this.#timer = setInterval(show, TICK_MS)
    show()
  }

  /** A line that the command wrote. */
  hear(line) {
    this.#noted = this.#note(line) ?? this.#noted
  }

  /** Whether it went well; where not, its output follows. */
  end(well) {
    clearInterval(this.#timer)
    if (!this.#shown) return
    process.stderr.write(`${this.#start()}${this.#text(well ? 'done' : 'failed')}\n`)
  }

  #show() {
    const now = Date.now()
    if (!this.#terminal && this.#shown && now - this.#lastLine < LINE_EVERY_MS) return
    this.#shown = true
    this.#lastLine = now
    process.stderr.write(`${this.#start()}${this.#text(this.#noted)}${this.#terminal ? '' : '\n'}`)
  }

  /** Back to the beginning of the line, which is cleared. */
  #start() {
    return this.#terminal ? '\r\x1b[2K' : ''
  }

  #text(what) {
    const seconds = Math.round((Date.now() - this.#started) / 1000)
    return ['tapewire: '.concat(this.#announcement), what, seconds > 0 ? `${seconds} s` : '']
      .filter((part) => part !== '')
      .join(', ')
  }
}
