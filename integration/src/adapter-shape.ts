import { placeOf, type SourceFile } from './source-files.js'

/** A file, or what it exports, that need not be alike in two adapters, and why. */
type Exceptions = Readonly<Record<string, string>>

/** Files that one exchange needs and the other has no use for, by package folder and path below `src`. */
const OWN_FILES: Exceptions = {
  'exchange-gateio/spot/account-look.ts':
    'executions of every market can be asked for at once, and no listen key says that the account lives',
  'exchange-gateio/spot/control-frame.ts': 'pushes and replies are both text, told apart by their bytes',
  'exchange-gateio/spot/culprits.ts': 'a refusal names in words whom it is about',
  'exchange-gateio/spot/list-item.ts': 'a stream has another name in requests than its id',
  'exchange-gateio/testing/account/account-bodies.ts':
    'orders are written otherwise where they are asked for than where they are pushed',
  'exchange-gateio/testing/account/account-orders.ts': 'orders that ended and fills can be asked for over the socket',
  'exchange-gateio/testing/api-requests.ts': 'orders are placed over the socket',
  'exchange-gateio/testing/feeds/diff-batch.ts': 'diffs cover the best levels only',
  'exchange-gateio/testing/account/order-desk.ts': 'orders are placed over the socket and over REST',
  'exchange-gateio/testing/raw-member.ts': 'a login is signed over a part of its JSON',
  'exchange-gateio/testing/rest/rest-reply.ts': 'errors have one form for every endpoint',
  'exchange-gateio/testing/account/second-forms.ts': 'two account channels have a second form',
  'exchange-gateio/testing/text-fields.ts': 'orders are placed over the socket and over REST, with fields of any type',
  'exchange-mexc/shared/listen-keys/account-keys.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/shared/listen-keys/ended-key.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/shared/listen-keys/entry.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/shared/listen-keys/outliving.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/shared/listen-keys/listen-key-pool.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/shared/listen-keys/listen-keys.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/shared/listen-keys/looks.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/shared/listen-keys/renewals.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/shared/push-heads.ts': 'a push is known by how it begins',
  'exchange-mexc/shared/windows.ts': 'history is asked for by time alone, without pages',
  'exchange-mexc/shared/wire-channel.ts': 'a push says in one text which stream it is of',
  'exchange-mexc/spot/unchanged-quotes.ts': 'quotes are repeated each interval',
  'exchange-mexc/testing/decimals.ts': 'numbers are padded, and orders carry their value',
  'exchange-mexc/testing/account/listen-keys.ts': 'the account is opened by a key that must be kept alive',
  'exchange-mexc/testing/rest/rest-request.ts': 'a parameter may lie in the query or in the body',
}

/** Files and folders below `src` that are in the same place and speak in the exchange's own words. */
const OWN_WORDS: Exceptions = {
  'shared/': 'the exchange’s own protocol',
  'spot/parsers/book-ticker.ts': 'one reader for each wire channel',
  'spot/parsers/control.ts': 'Gate.io announces upgrades in a push',
  'spot/parsers/orderbook.ts': 'one reader for each wire channel',
  'spot/parsers/ticker.ts': 'one reader for each wire channel',
  'testing/account/account-pushes.ts': 'MEXC’s orders repeat what their fills add up to',
  'testing/authorize.ts': 'Gate.io signs subscriptions, logins and REST requests each in its own way',
  'testing/feeds/': 'one feed for each wire channel',
  'testing/replies.ts': 'the exchange’s own protocol',
  'testing/requests.ts': 'the exchange’s own protocol',
}

/** One adapter's sources, as far as their shape is the same in every adapter. */
interface Shape {
  readonly folder: string
  /** By path below `src`: the classes and functions exported there, the exchange's name replaced by a star. */
  readonly files: ReadonlyMap<string, readonly string[]>
}

/**
 * Where the adapters among `files` differ in their paths, or in the classes and functions that files of the same path export. Tests and generated code are
 * not looked at.
 */
export function findDifferences(files: readonly SourceFile[]): readonly string[] {
  const [first, ...others] = shapesOf(files)
  if (first === undefined) return []
  return others.flatMap((other) => [
    ...missingFiles(first, other),
    ...missingFiles(other, first),
    ...differentNames(first, other),
  ])
}

/** Exceptions that excuse nothing any more. */
export function findStaleExceptions(files: readonly SourceFile[]): readonly string[] {
  const shapes = shapesOf(files)
  const paths = shapes.flatMap(({ folder, files: own }) => [...own.keys()].map((path) => `${folder}/${path}`))
  const insides = shapes.flatMap(({ files: own }) => [...own.keys()])
  return [
    ...Object.keys(OWN_FILES).filter((path) => !paths.includes(path)),
    ...Object.keys(OWN_WORDS).filter((place) => !insides.some((path) => path.startsWith(place))),
  ]
}

function shapesOf(files: readonly SourceFile[]): readonly Shape[] {
  const shapes = new Map<string, Map<string, readonly string[]>>()
  for (const { path, text } of files) {
    const place = placeOf(path)
    if (!place?.packageFolder.startsWith('exchange-') || place.isTest || place.inside.includes('/generated/')) continue
    const exchange = place.packageFolder.slice('exchange-'.length)
    const shape = shapes.get(place.packageFolder) ?? new Map<string, readonly string[]>()
    shapes.set(place.packageFolder, shape.set(place.inside, exportedNames(text, exchange)))
  }
  return [...shapes].map(([folder, own]) => ({ folder, files: own }))
}

function exportedNames(text: string, exchange: string): readonly string[] {
  const declarations = text.matchAll(/^export (?:abstract |async )?(?:class|function) (\w+)/gm)
  return [...declarations].map(([, name = '']) => name.replace(new RegExp(exchange, 'i'), '*')).sort()
}

function missingFiles(here: Shape, there: Shape): readonly string[] {
  return [...here.files.keys()]
    .filter((path) => !there.files.has(path) && !(`${here.folder}/${path}` in OWN_FILES))
    .map((path) => `${there.folder} has no ${path}, which ${here.folder} has`)
}

function differentNames(one: Shape, other: Shape): readonly string[] {
  const places = Object.keys(OWN_WORDS)
  return [...one.files].flatMap(([path, names]) => {
    const theirs = other.files.get(path)
    if (theirs === undefined || places.some((place) => path.startsWith(place))) return []
    if (names.join() === theirs.join()) return []
    return [`${path} exports ${names.join(', ')} in ${one.folder} and ${theirs.join(', ')} in ${other.folder}`]
  })
}
