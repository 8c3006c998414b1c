import type { Row, RunOptions } from '../scenario.js'
import { type PeerName, peerVersion } from '../subjects/peers.js'
import { Standing } from './standing.js'

/** Something that is measured beside others. */
export interface Contestant {
  readonly label: string
  /** What is missing for it; null where it can be measured. */
  readonly missing: string | null
  /** One run. */
  measure(): Promise<Readonly<Record<string, number>>>
}

/** Measures all of them in turn, run after run (A B C A B C …), so that a noisy minute touches all of them. One that fails is out, and says why. */
export async function interleave(contestants: readonly Contestant[], options: RunOptions): Promise<Row[]> {
  const chosen = contestants.filter(({ label }) => options.only === null || label.includes(options.only))
  const standings = chosen.map((contestant) => new Standing(contestant))
  for (let run = 1; run <= options.runs; run += 1) {
    const progress = (text: string): void => options.progress(`run ${run}/${options.runs}  ${text}`)
    for (const [index, contestant] of chosen.entries()) {
      await standings[index]?.attempt(progress, () => contestant.measure())
    }
  }
  return standings.map((standing) => standing.row())
}

/** A client of a catalogue, with the version of a peer in its label. */
export function contestant(client: CatalogueEntry, measure: Contestant['measure'], suffix = ''): Contestant {
  return { ...named(client, suffix), measure }
}

interface CatalogueEntry {
  readonly label: string
  readonly peer: PeerName | null
}

/** How the report calls a client, and what is missing for it. */
export function named({ label, peer }: CatalogueEntry, suffix = ''): Pick<Contestant, 'label' | 'missing'> {
  const version = peer === null ? null : peerVersion(peer)
  const missing = peer !== null && version === null ? 'npm run bench:peers installs it' : null
  return { label: `${label}${version === null ? '' : ` ${version}`}${suffix}`, missing }
}
