import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { anchorsOf, type Document, linksOf, readDocuments } from '../src/documents.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const documents = readDocuments(root)
const page = (path: string): Document => documents.find((document) => document.path === path) as Document
/** The index for language models, by the convention of llmstxt.org. */
const models: Document = { path: 'llms.txt', text: readFileSync(join(root, 'llms.txt'), 'utf8') }
const { homepage } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as { homepage: string }
/** The project on the web. */
const site = homepage.replace(/#.*$/, '')

/** Every page of the documentation but its index, from the root. */
const pages = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/') && path !== 'docs/README.md')

describe('the index of the documentation', () => {
  const index = page('docs/README.md')
  const named = linksOf(index).map((link) => join('docs', link))

  it('has every page, once', () => {
    expect(pages.length).toBeGreaterThan(10)
    expect(pages.filter((path) => !named.includes(path))).toEqual([])
    expect(new Set(named).size).toBe(named.length)
  })

  it('is where the README leads', () => {
    expect(linksOf(page('README.md'))).toContain('docs/README.md')
  })

  it('is repeated for language models, with a summary for each page', () => {
    const lines = models.text.split('\n').filter((line) => line.startsWith('- '))
    const listed = lines.map((line) => /^- \[[^\]]+\]\(([^)]+)\): \S.+$/.exec(line)?.[1] ?? line)
    expect([...pages, ...named].filter((path) => !listed.includes(path))).toEqual([])
    expect(new Set(listed).size).toBe(listed.length)
  })

  it('for language models begins with a name and a summary, and has nothing but lists in its sections', () => {
    const [beginning = '', ...sections] = models.text.split(/^## /m)
    expect(beginning).toMatch(/^# tapewire\n\n> \S.+\n\n/)
    for (const section of sections) expect(section).toMatch(/^\S.*\n\n(- .+\n)+\n?$/)
  })
})

describe('scripts that pages name', () => {
  const scriptsOf = (folder: string): readonly string[] => {
    const file = join(root, folder, 'package.json')
    if (!existsSync(file)) return []
    return Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { scripts?: object }).scripts ?? {})
  }

  it('are there, at the root or beside the page', () => {
    const named = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, script = '']) => ({ path, script })),
    )
    expect(named.length).toBeGreaterThan(10)
    const known = scriptsOf('.')
    expect(
      named.filter(({ path, script }) => !known.includes(script) && !scriptsOf(dirname(path)).includes(script)),
    ).toEqual([])
  })
})

/** A page of the project as it is on the web, where packages say that they live: its path here. */
function pathHere(link: string): string {
  if (link === homepage) return 'README.md'
  return link.startsWith(`${site}/blob/main/`) ? link.slice(`${site}/blob/main/`.length) : link
}

describe('a package on its own', () => {
  const packages = documents.filter(({ path }) => /^packages\/[^/]+\/README\.md$/.test(path))

  it.each(packages.map((document) => [document.path, document] as const))(
    '%s links to nothing that its package leaves out',
    (_path, document) => {
      expect(linksOf(document).filter((link) => !/^(https:|#)/.test(link))).toEqual([])
    },
  )

  it.each(packages.map(({ path }) => dirname(path)))('%s says where it lives, and where its source is', (folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, unknown>
    expect(manifest).toMatchObject({
      homepage,
      bugs: { url: `${site}/issues` },
      repository: { type: 'git', url: `git+${site}.git`, directory: folder },
    })
  })
})

describe('the links of every page', () => {
  it.each([...documents, models].map((document) => [document.path, document] as const))(
    'of %s lead somewhere',
    (path, document) => {
      const broken = linksOf(document).filter((link) => {
        const here = pathHere(link)
        if (/^https?:/.test(here)) return false
        const [file = '', anchor] = here.split('#')
        const target = here !== link ? file : file === '' ? path : join(dirname(path), file)
        if (!existsSync(join(root, target))) return true
        if (anchor === undefined) return false
        const page = documents.find((candidate) => candidate.path === target)
        return page === undefined || !anchorsOf(page).includes(anchor)
      })
      expect(broken).toEqual([])
    },
  )
})
