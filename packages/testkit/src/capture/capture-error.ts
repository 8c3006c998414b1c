import { TestkitError, type TestkitErrorCode } from '../testkit-error.js'

type CaptureErrorCode = Extract<TestkitErrorCode, `ERR_CAPTURE_${string}`>

/** Where a capture failed: `file` as it was named, `line` 1 and up, null where the whole file is meant. */
interface CapturePlace {
  readonly file: string | null
  readonly line: number | null
}

/** A capture that cannot be read or written. */
export class CaptureError extends TestkitError {
  override readonly name = 'CaptureError'
  readonly file: string | null
  readonly line: number | null
  /** What is wrong, without the place. */
  readonly reason: string

  constructor(code: CaptureErrorCode, place: CapturePlace, reason: string, hint: string, cause?: unknown) {
    super(code, `${placeText(place)}: ${reason}.`, hint, cause)
    this.file = place.file
    this.line = place.line
    this.reason = reason
  }
}

function placeText({ file, line }: CapturePlace): string {
  if (line === null) return file ?? 'capture'
  return file === null ? `line ${line}` : `${file}:${line}`
}
