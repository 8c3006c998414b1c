import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { exportPlaces } from './export-places.js'

test('the limits that members share are told to Prometheus as they are when it asks, and what nobody has read yet is not', async () => {
  const registry = new Registry()
  const address = {
    of: 'address',
    name: 'office',
    limit: 300,
    taken: null as number | null,
    held: 1,
    waiting: 0,
  } as const
  let places = [address, { ...address, of: 'account', name: 'main', limit: 5, taken: 4, waiting: 2 } as const]
  exportPlaces(registry, 'acme_spot', () => places)
  const lines = async (): Promise<readonly string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  expect(await lines()).toEqual([
    'tapewire_shared_limit_connections{exchange="acme_spot",of="address",name="office"} 300',
    'tapewire_shared_limit_connections{exchange="acme_spot",of="account",name="main"} 5',
    'tapewire_shared_limit_taken_places{exchange="acme_spot",of="account",name="main"} 4',
    'tapewire_shared_limit_held_places{exchange="acme_spot",of="address",name="office"} 1',
    'tapewire_shared_limit_held_places{exchange="acme_spot",of="account",name="main"} 1',
    'tapewire_shared_limit_waiting_connections{exchange="acme_spot",of="address",name="office"} 0',
    'tapewire_shared_limit_waiting_connections{exchange="acme_spot",of="account",name="main"} 2',
  ])
  places = []
  expect(await lines()).toEqual([])
})
