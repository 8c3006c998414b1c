import type { Row, RunOptions } from '../scenario.js'
import { type PeerName, peerVersion } from '../subjects/peers.js'

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
  const entries = chosen.map((contestant) => ({
    contestant,
    samples: {} as Record<string, number[]>,
    failure: null as string | null,
  }))
  for (let run = 1; run <= options.runs; run += 1) {
    for (const entry of entries) {
      const { label, missing } = entry.contestant
      if (missing !== null || entry.failure !== null) continue
      try {
        const figures = await entry.contestant.measure()
        for (const [key, value] of Object.entries(figures)) entry.samples[key] = [...(entry.samples[key] ?? []), value]
        options.progress(`run ${run}/${options.runs}  ${label}  ${describe(figures)}`)
      } catch (thrown) {
        entry.failure = thrown instanceof Error ? thrown.message : String(thrown)
        options.progress(`run ${run}/${options.runs}  ${label}  FAILED: ${entry.failure}`)
      }
    }
  }
  return entries.map(({ contestant: { label, missing }, samples, failure }) => {
    if (missing !== null) return { label, state: 'not installed', reason: missing, samples: {} }
    if (failure !== null) return { label, state: 'failed', reason: firstLine(failure), samples: {} }
    return { label, state: 'measured', reason: null, samples }
  })
}

/** A client of a catalogue, with the version of a peer in its label. */
export function contestant(
  { label, peer }: { readonly label: string; readonly peer: PeerName | null },
  measure: Contestant['measure'],
  suffix = '',
): Contestant {
  if (peer === null) return { label: `${label}${suffix}`, missing: null, measure }
  const version = peerVersion(peer)
  return version === null
    ? { label: `${label}${suffix}`, missing: 'npm run bench:peers installs it', measure }
    : { label: `${label} ${version}${suffix}`, missing: null, measure }
}

function describe(figures: Readonly<Record<string, number>>): string {
  const parts = Object.entries(figures).map(
    ([key, value]) => `${key} ${Number(value.toPrecision(5)).toLocaleString('en')}`,
  )
  return parts.join(', ')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string
}
