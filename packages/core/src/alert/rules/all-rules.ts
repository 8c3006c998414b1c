import type { AlertKind } from '../../model/alert.js'
import type { AlertSettings } from '../alert-options.js'
import type { AlertRule } from '../alert-rule.js'
import { BookDivergenceRule } from './book-divergence-rule.js'
import { BreakerOpenRule } from './breaker-open-rule.js'
import { ClockSkewRule } from './clock-skew-rule.js'
import { ComplianceRule } from './compliance-rule.js'
import { DropRule } from './drop-rule.js'
import { EventLoopBlockedRule } from './event-loop-blocked-rule.js'
import { GapRule } from './gap-rule.js'
import { LatencyRule } from './latency-rule.js'
import { ListenKeyRule } from './listen-key-rule.js'
import { ReconnectStormRule } from './reconnect-storm-rule.js'
import { SchemaDriftRule } from './schema-drift-rule.js'
import { SlowHandlerRule } from './slow-handler-rule.js'
import { StaleStreamRule } from './stale-stream-rule.js'

const makers: { readonly [Kind in AlertKind]: (settings: AlertSettings) => AlertRule & { readonly kind: Kind } } = {
  latency: (settings) => new LatencyRule(settings),
  compliance: (settings) => new ComplianceRule(settings),
  'stale-stream': (settings) => new StaleStreamRule(settings),
  gap: (settings) => new GapRule(settings),
  drop: (settings) => new DropRule(settings),
  'schema-drift': (settings) => new SchemaDriftRule(settings),
  'reconnect-storm': (settings) => new ReconnectStormRule(settings),
  'breaker-open': () => new BreakerOpenRule(),
  'listen-key': () => new ListenKeyRule(),
  'clock-skew': (settings) => new ClockSkewRule(settings),
  'book-divergence': () => new BookDivergenceRule(),
  'slow-handler': (settings) => new SlowHandlerRule(settings),
  'event-loop-blocked': (settings) => new EventLoopBlockedRule(settings),
}

/** A rule of each kind that is not to be ignored. */
export function makeRules(settings: AlertSettings): readonly AlertRule[] {
  return Object.values(makers)
    .map((make) => make(settings))
    .filter(({ kind }) => !settings.ignore.includes(kind))
}
