import { docsPage } from '@tapewire/core/adapter'
import type { CheckResult } from './report.js'

/** A failed check as a person reads it: what, expected and got, the frame, where to look. */
export function failureText({ id, title, reason, failure }: CheckResult): string {
  const lines = [`${id}: ${title}`, `  ${reason}`]
  if (failure !== null) {
    const { expected, got, frame, file, docs } = failure
    if (expected !== null) lines.push(`  expected  ${expected}`)
    if (got !== null) lines.push(`  got       ${got}`)
    if (frame !== null) lines.push(`  frame     ${frame.text}`, `  hex       ${frame.hex}`)
    lines.push(`  look at   ${file}`, `  read      ${docsPage(docs)}`)
  }
  return lines.join('\n')
}
