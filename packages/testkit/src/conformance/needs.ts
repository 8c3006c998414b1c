import { type Channel, channels } from '@tapewire/core'
import type { VenueControl } from '../venue/venue-control.js'
import type { Need } from './check.js'
import type { Lab } from './lab/lab.js'

/** Why a check cannot be run, as a sentence for the table; null where it can. The first need that is not met tells. */
export function unmetNeed(needs: readonly Need[], lab: Lab): string | null {
  for (const need of needs) {
    const reason = reasonWithout(need, lab)
    if (reason !== null) return reason
  }
  return null
}

function reasonWithout(need: Need, lab: Lab): string | null {
  const { definition, emulation, subject } = lab
  const { name } = definition
  if ((channels as readonly string[]).includes(need)) {
    const has = definition.channels.some(({ channel }) => channel === (need as Channel))
    return has ? null : `${name} has no channel ${need}.`
  }
  const hasCaptures = (subject.captures?.length ?? 0) > 0
  if (need === 'captures') return hasCaptures ? null : 'No captures were given.'
  if (need === 'frames' && hasCaptures) return null
  if (need === 'package')
    return typeof subject.packageFolder === 'string' ? null : 'The folder of the package is not known.'
  if (need === 'listing') return definition.listInstruments ? null : `${name} has no list of instruments.`
  if (need === 'books') return lab.keepsBooks ? null : `${name} keeps no order books.`
  return emulation === null ? 'There is no emulation of this exchange.' : unemulated(need, lab)
}

/** Why an emulation does not meet a need; null where it does. */
function unemulated(need: Need, lab: Lab): string | null {
  const { definition } = lab
  if (need === 'account') {
    if (definition.private === undefined) return `${definition.name} has no private streams.`
    return lab.hasAccount ? null : 'The emulation has no account.'
  }
  if (need === 'venue.streams')
    return lab.tellsStreams ? null : 'The emulation does not tell what its sessions are subscribed to.'
  if (need.startsWith('control.')) {
    const method = need.slice('control.'.length) as keyof VenueControl
    return lab.canControl(method) ? null : `The emulation has no ${method}.`
  }
  return null
}
