// What a message costs between a transport and the handler, without a socket: both builds that are compared in one process, slice by slice.
import { Feed, type FeedExtra } from '../in-process/feed.js'
import { loadPackages } from '../in-process/packages.js'
import { type SliceFigures, Slices } from '../in-process/slices.js'
import { type InProcessWorkload, inProcessWorkloads } from '../in-process/workloads.js'
import { type Build, thisBuild } from './build.js'
import { commands, report } from './child-side.js'

/** First `open`, and then `measure`, as often as one likes. */
export type SliceCommand =
  | { readonly kind: 'open'; readonly workload: InProcessWorkload; readonly builds: readonly BuildPlace[] }
  | { readonly kind: 'measure'; readonly seconds: number }

/** A build as a process is told of it; null for its own, which may have something beside. */
export type BuildPlace = { readonly folder: string } | FeedExtra | null

export type SliceReport =
  | { readonly kind: 'opened'; readonly title: string }
  /** In the order of the builds. */
  | { readonly kind: 'measured'; readonly figures: readonly SliceFigures[] }

let slices: Slices | null = null

async function obey(command: SliceCommand): Promise<SliceReport> {
  if (command.kind === 'open') {
    const workload = await inProcessWorkloads[command.workload]()
    const feeds: Feed[] = []
    for (const place of command.builds) {
      const packages = await loadPackages(buildAt(place), workload.venue)
      feeds.push(await Feed.open(packages, workload, typeof place === 'string' ? place : null))
    }
    slices = new Slices(feeds, workload)
    return { kind: 'opened', title: workload.title }
  }
  if (slices === null) throw new Error('There is no manager yet.')
  return { kind: 'measured', figures: await slices.measure(command.seconds) }
}

function buildAt(place: BuildPlace): Build {
  if (place === null || typeof place === 'string') return thisBuild
  return { folder: new URL(place.folder) }
}

commands<SliceCommand>(async (command) => report(await obey(command)))
