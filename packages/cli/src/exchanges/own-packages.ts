import { bringPackage } from '@tapewire/core/adapter'

/** The packages of exchanges that the command depends on. Imported here, by it itself: they are found however a package manager laid them out. */
const ownPackages = [
  {
    name: '@tapewire/exchange-gateio',
    exchanges: ['gateio_spot'],
    load: () => import('@tapewire/exchange-gateio'),
    loadEmulations: () => import('@tapewire/exchange-gateio/testing'),
  },
  {
    name: '@tapewire/exchange-mexc',
    exchanges: ['mexc_spot'],
    load: () => import('@tapewire/exchange-mexc'),
    loadEmulations: () => import('@tapewire/exchange-mexc/testing'),
  },
] as const

/** Their names. */
export const ownPackageNames: readonly string[] = ownPackages.map(({ name }) => name)

/** Exchanges that need no installing. Every other is found by its name as in a program: in a package installed where the command runs. */
export const ownExchanges: readonly string[] = ownPackages.flatMap(({ exchanges }) => exchanges)

/** Makes them known to core's resolver; they are loaded when they are named. */
export function bringOwnPackages(): void {
  for (const { name, exchanges, load, loadEmulations } of ownPackages) {
    bringPackage({ name, exchanges, import: (entry) => (entry === '.' ? load() : loadEmulations()) })
  }
}
