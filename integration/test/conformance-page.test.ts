import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CheckArea, checkAreas, conformanceChecks } from '@tapewire/testkit'
import { describe, expect, it } from 'vitest'
import { anchorsOf, type Document, readDocuments, tableRows } from '../src/documents.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const documents = readDocuments(root)
const areaOf = (id: string): string => id.slice(0, id.indexOf('.'))

describe('the checks of the conformance kit', () => {
  it('have names of their own, made of their area and of what they are about', () => {
    const ids = conformanceChecks.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
    const misnamed = ids.filter(
      (id) => !/^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || !checkAreas.includes(areaOf(id) as CheckArea),
    )
    expect(misnamed).toEqual([])
  })

  it('say what is true of an adapter that passes, in words that no other check has', () => {
    const titles = conformanceChecks.map(({ title }) => title)
    expect(titles).toEqual([...new Set(titles)])
    expect(titles.filter((title) => title.length < 15 || title.endsWith('.'))).toEqual([])
  })

  it('name a file of an adapter', () => {
    const unlikely = conformanceChecks.filter(({ file }) => !/^([a-z-]+\/)*[a-z-]+\.(ts|json)$|^testing\//.test(file))
    expect(unlikely.map(({ id, file }) => [id, file])).toEqual([])
  })

  it('name a page of the documentation, and a heading of it', () => {
    const missing = conformanceChecks.filter(({ docs }) => {
      const [page = '', anchor = ''] = docs.split('#')
      const document = documents.find(({ path }) => path === `docs/${page}`)
      return document === undefined || !anchorsOf(document).includes(anchor)
    })
    expect(missing.map(({ id, docs }) => [id, docs])).toEqual([])
  })

  it('are as many as are promised', () => {
    expect(conformanceChecks.length).toBeGreaterThanOrEqual(300)
  })

  it('are of areas that the page explains', () => {
    const page = documents.find(({ path }) => path === 'docs/conformance.md') as Document
    expect(tableRows(page, 'area', 'What is checked').map(([area]) => area)).toEqual([...checkAreas])
  })

  it('all stand in the list of the documentation, which `vitest run -u` writes', async () => {
    await expect(listOfChecks()).toMatchFileSnapshot(join(root, 'docs/conformance-checks.md'))
  })
})

/** The page with every check, an area a table. */
function listOfChecks(): string {
  const areas = checkAreas.filter((area) => conformanceChecks.some(({ id }) => areaOf(id) === area))
  const sections = areas.map((area) => {
    const rows = conformanceChecks
      .filter(({ id }) => areaOf(id) === area)
      .map(({ id, level, title }) => `| \`${id}\` | ${level} | ${title} |`)
    return [
      `## ${area}`,
      '',
      '| check | level | what is true of an adapter that passes |',
      '| --- | --- | --- |',
      ...rows,
    ].join('\n')
  })
  const head = `# Every check of the conformance kit

[The conformance kit](conformance.md) says how they are run, and how a failure is read. \`tapewire conformance --list\` prints the same list.`
  return `${[head, ...sections].join('\n\n')}\n`
}
