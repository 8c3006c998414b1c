import { type Build, thisBuild } from '../processes/build.js'
import type { Row, RunOptions } from '../scenario.js'
import { type PeerName, peerVersion } from '../subjects/peers.js'
import { pairedFigures } from './compare-builds.js'
import { Standing } from './standing.js'

/** Something that is measured beside others. */
export interface Contestant {
  readonly label: string
  /** What is missing for it; null where it can be measured. */
  readonly missing: string | null
  /** Whether it is made of this repository's packages, so that two builds of it can be compared. */
  readonly isOurs?: boolean
  /** One run, of this build where it is ours. */
  measure(build: Build): Promise<Readonly<Record<string, number>>>
}

/** Measures all of them in turn, run after run (A B C A B C …), so that a noisy minute touches all of them. One that fails is out, and says why. */
export async function interleave(contestants: readonly Contestant[], options: RunOptions): Promise<Row[]> {
  const chosen = contestants.filter((one) => isChosen(one, options))
  const standings = chosen.map((contestant) => new Standing(contestant))
  for (let run = 1; run <= options.runs; run += 1) {
    const progress = (text: string): void => options.progress(`run ${run}/${options.runs}  ${text}`)
    for (const [index, contestant] of chosen.entries()) {
      await standings[index]?.attempt(progress, () => measureBuilds(contestant, options.other))
    }
  }
  return standings.map((standing) => standing.row())
}

/** Whether it is among those asked for. */
export function isChosen(
  { label, isOurs = false }: Pick<Contestant, 'label' | 'isOurs'>,
  { only, other }: Pick<RunOptions, 'only' | 'other'>,
): boolean {
  return (only === null || label.includes(only)) && (other === null || isOurs)
}

async function measureBuilds(contestant: Contestant, other: Build | null): Promise<Readonly<Record<string, number>>> {
  const figures = await contestant.measure(thisBuild)
  return other === null ? figures : pairedFigures(figures, await contestant.measure(other))
}

/** One of our own clients, which are always there. */
export function ownContestant(label: string, measure: Contestant['measure']): Contestant {
  return { label, missing: null, isOurs: true, measure }
}

/** A client of a catalogue, with the version of a peer in its label. */
export function contestant(client: CatalogueEntry, measure: Contestant['measure'], suffix = ''): Contestant {
  return { ...named(client, suffix), measure }
}

interface CatalogueEntry {
  readonly label: string
  readonly peer: PeerName | null
  readonly isOurs?: boolean
}

/** How the report calls a client, and what is missing for it. */
export function named(
  { label, peer, isOurs = false }: CatalogueEntry,
  suffix = '',
): Pick<Contestant, 'label' | 'missing' | 'isOurs'> {
  const version = peer === null ? null : peerVersion(peer)
  const missing = peer !== null && version === null ? 'npm run bench:peers installs it' : null
  return { label: `${label}${version === null ? '' : ` ${version}`}${suffix}`, missing, isOurs }
}
