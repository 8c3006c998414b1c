import type { Alert } from '@tapewire/core'
import { oneLine } from '../terminal/one-line.js'

/** An alert in a line: `alert breaker-open (critical): acme_spot#1 is down …. Run …. https://…` */
export function alertText({ kind, status, severity, reason, advice, docs }: Alert): string {
  if (status === 'cleared') return oneLine(`alert ${kind} is over: ${reason}`)
  return oneLine(`alert ${kind} (${severity}): ${reason}. ${advice} ${docs}`)
}
