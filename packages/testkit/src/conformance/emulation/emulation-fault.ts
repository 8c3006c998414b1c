import { type Channel, channels } from '@tapewire/core'
import { traitsOf } from '@tapewire/core/adapter'
import type { CheckArea, ConformanceCheck } from '../check.js'
import type { Lab } from '../lab/lab.js'
import { parserFileOf } from '../truth/comparison.js'
import { contradictedMarket } from './contradicted-market.js'
import { lostUpdates } from './lost-updates.js'
import { oldSnapshots } from './old-snapshots.js'
import { otherRefusals } from './other-refusals.js'
import { unansweredPing, unechoedId } from './unanswered.js'
import { untoldAccount } from './untold-account.js'

/** What is wrong with an emulation, and which file of it. */
export interface EmulationFault {
  readonly words: string
  readonly file: string
}

/** One thing that can be wrong with it: asked once a run, and only where a check has failed that it would explain. */
interface Audit {
  readonly name: string
  /** Of `testing/`, or the adapter's beside it where only the exchange's documentation tells whose fault it is. */
  readonly file: (check: ConformanceCheck) => string
  explains(check: ConformanceCheck, file: string): boolean
  look(lab: Lab): Promise<string | null>
}

/** Areas in which nothing is asked of the emulation. */
const withoutIt: readonly CheckArea[] = ['definition', 'package', 'options', 'symbols', 'plan', 'captures']

function isIn(check: ConformanceCheck, areas: readonly CheckArea[]): boolean {
  return areas.some((area) => check.id.startsWith(`${area}.`))
}

/** The areas in which a channel is held against the truth, or has to be live, whatever a check says of what it needs. */
function areasOf(channel: Channel): readonly CheckArea[] {
  if (traitsOf(channel).scope === 'private') return ['account']
  const live: readonly CheckArea[] = ['acknowledgement', 'connection', 'heartbeat', 'lifecycle', 'symbols']
  if (channel === 'orderbook') return [...live, 'book', 'recovery']
  return channel === 'trades' ? [...live, 'recovery'] : live
}

const audits: readonly Audit[] = [
  {
    name: 'ids that are not echoed',
    file: () => 'testing/',
    explains: (check) => !isIn(check, withoutIt),
    look: unechoedId,
  },
  ...channels.map(
    (channel): Audit => ({
      name: `what is sent on ${channel}`,
      file: () => 'testing/',
      explains: (check, file) =>
        file === parserFileOf(channel) || check.needs.includes(channel) || isIn(check, areasOf(channel)),
      look: (lab) => contradictedMarket(lab, channel),
    }),
  ),
  {
    name: 'what is told of the account',
    file: () => 'testing/',
    explains: (check) => isIn(check, ['account']),
    look: untoldAccount,
  },
  {
    name: 'updates that are left out',
    file: () => 'testing/',
    explains: (check) => !isIn(check, [...withoutIt, 'parser', 'authentication']),
    look: lostUpdates,
  },
  {
    name: 'snapshots that are old',
    file: () => 'testing/',
    explains: (check) => isIn(check, ['book', 'recovery', 'heartbeat', 'lifecycle', 'connection', 'acknowledgement']),
    look: oldSnapshots,
  },
  {
    name: 'pings that are not answered',
    file: ({ file }) => `${file} or testing/`,
    explains: (check) => !isIn(check, [...withoutIt, 'parser', 'payload', 'cost']),
    look: unansweredPing,
  },
  {
    name: 'refusals of other streams',
    file: ({ file }) => `${file} or testing/`,
    explains: (check) => !isIn(check, ['package', 'options', 'plan', 'captures']),
    look: otherRefusals,
  },
]

/** What of the emulation explains that a check failed, which names this file of the adapter; null where the emulation is as it should be, as far as can be told. */
export async function emulationFault(check: ConformanceCheck, lab: Lab, file: string): Promise<EmulationFault | null> {
  if (lab.emulation === null) return null
  for (const audit of audits) {
    if (!audit.explains(check, file)) continue
    const words = await lab.once(`audit: ${audit.name}`, () => audit.look(lab).catch(() => null))
    if (words !== null) return { words, file: audit.file(check) }
  }
  return null
}
