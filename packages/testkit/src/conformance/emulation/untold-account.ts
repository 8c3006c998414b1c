import type { AccountEvent } from '../../market/account-event.js'
import { accountStory } from '../lab/account-story.js'
import type { Lab } from '../lab/lab.js'
import { stands } from '../truth/comparison.js'

/** What happened to one thing of an account: the balance of an asset, an order, a fill. */
interface Thing {
  readonly name: string
  readonly kind: AccountEvent['kind']
  /** Texts that a frame about it holds, of each time that something happened to it. */
  readonly texts: readonly (readonly string[])[]
}

/** The emulation's account does something of which no frame says anything, while others of its kind are told. Null where that is not so, or there is no account. */
export async function untoldAccount(lab: Lab): Promise<string | null> {
  const story = await accountStory(lab)
  if (story === null || story.failure !== null) return null
  const frames = story.connections.flat().filter(({ dir }) => dir === 'in')
  const isSent = ({ texts }: Thing): boolean =>
    texts.some((all) => frames.some(({ content }) => all.every((text) => stands(text, content))))
  const things = thingsIn(story.events)
  for (const kind of ['balance', 'fill', 'order'] as const) {
    const ofKind = things.filter((thing) => thing.kind === kind)
    const untold = ofKind.filter((thing) => !isSent(thing))
    if (untold.length === 0 || untold.length === ofKind.length) continue
    return `the emulation sends nothing of ${untold[0]?.name}, to which something happened, and does so of ${ofKind.find(isSent)?.name}`
  }
  return null
}

/** Orders that wait for a trigger price are left out: some exchanges tell of those elsewhere. */
function thingsIn(events: readonly AccountEvent[]): readonly Thing[] {
  const things = new Map<string, { readonly kind: Thing['kind']; readonly texts: (readonly string[])[] }>()
  for (const event of events) {
    if (event.kind === 'order' && event.type === 'stop') continue
    const name = event.kind === 'balance' ? `the balance of ${event.asset}` : `the ${event.kind} ${event.id}`
    const thing = things.get(name) ?? { kind: event.kind, texts: [] }
    things.set(name, thing)
    thing.texts.push(event.kind === 'balance' ? [event.asset, event.free] : [event.id])
  }
  return [...things].map(([name, thing]) => ({ name, ...thing }))
}
