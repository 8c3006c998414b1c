import type { SharedPlaces } from '@tapewire/relay-nats'
import type { Metric, Registry } from 'prom-client'

/** One gauge that is read whenever it is asked for. */
interface PlacesMetric {
  readonly name: string
  readonly help: string
  readonly read: (places: SharedPlaces) => number | null
}

const metrics: readonly PlacesMetric[] = [
  {
    name: 'tapewire_shared_limit_connections',
    help: 'Connections that all members of the group together may have',
    read: ({ limit }) => limit,
  },
  {
    name: 'tapewire_shared_limit_taken_places',
    help: 'Places that all members of the group have taken, as this one read it last',
    read: ({ taken }) => taken,
  },
  {
    name: 'tapewire_shared_limit_held_places',
    help: 'Places that this member has taken, used or ahead',
    read: ({ held }) => held,
  },
  {
    name: 'tapewire_shared_limit_waiting_connections',
    help: 'Connections of this member that wait for a place',
    read: ({ waiting }) => waiting,
  },
]

/** Tells Prometheus of the limits that a member of a group shares with the others. */
export function exportPlaces(registry: Registry, exchange: string, places: () => readonly SharedPlaces[]): void {
  for (const { name, help, read } of metrics) {
    const metric = {
      name,
      help,
      type: 'gauge',
      aggregator: 'sum',
      get: async () => ({
        name,
        help,
        type: 'gauge',
        aggregator: 'sum',
        values: places().flatMap((one) => {
          const value = read(one)
          return value === null ? [] : [{ value, labels: { exchange, of: one.of, name: one.name } }]
        }),
      }),
      reset: () => {},
    }
    // A registry only asks it for its values, as it asks its own.
    registry.registerMetric(metric as unknown as Metric)
  }
}
