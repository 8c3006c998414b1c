import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, SmallWorkspace, tools } from './support/small-workspace.js'

const lock = `lockfileVersion: '9.0'
settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false
importers:
  .:
    dependencies:
      leaky:
        specifier: ^1.0.0
        version: 1.0.0
packages:
  leaky@1.0.0:
    resolution: {integrity: sha512-8VbfWfHLbbwu3+N6OKsOMpBdT4kXPDDB9cJk2bJ6mh9ucxdlnNvH1e+roYkKmN9Nxw2yjz7VzeO9oOz2zJ04Pw==}
snapshots:
  leaky@1.0.0: {}
`
const advisory = {
  severity: 'high',
  module_name: 'leaky',
  vulnerable_versions: '<1.0.1',
  title: 'Tells what it should not',
  url: 'https://example.com/leaky',
  findings: [{ version: '1.0.0', paths: ['.>leaky'] }],
}

let workspace: SmallWorkspace
let server: Server
let url: string
/** What the registry says next. */
let answer: (response: ServerResponse) => void

const json =
  (status: number, body: object) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

beforeAll(async () => {
  workspace = new SmallWorkspace({
    'package.json': JSON.stringify({ name: 'small', private: true, dependencies: { leaky: '^1.0.0' } }),
    'pnpm-lock.yaml': lock,
  })
  server = createServer((request, response) => request.resume().once('end', () => answer(response)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})

afterAll(() => {
  server.close()
  workspace.remove()
})

/** Once, however a registry behaves: pnpm would ask for a minute. */
function audit(registry = url): Promise<Ended> {
  return workspace.node(join(tools, 'audit.mjs'), ['--registry', registry], { npm_config_fetch_retries: '0' })
}

describe('an audit', { timeout: 60_000 }, () => {
  it('passes where the registry knows of nothing', async () => {
    answer = json(200, { actions: [], advisories: {}, muted: [], metadata: { vulnerabilities: {} } })
    expect(await audit()).toMatchObject({ code: 0, stdout: 'no known vulnerabilities\n' })
  })

  it('fails with each vulnerability, where to read of it, and by which way it comes in', async () => {
    answer = json(200, {
      actions: [],
      advisories: { 7: advisory },
      muted: [],
      metadata: { vulnerabilities: { high: 1 } },
    })
    expect(await audit()).toMatchObject({
      code: 1,
      stdout: 'high: leaky <1.0.1: Tells what it should not\n  https://example.com/leaky\n  .>leaky\n',
    })
  })

  it('says why nothing was audited, and fails nothing, where a registry has no audits', async () => {
    answer = json(405, { error: 'no audits here' })
    const { code, stdout } = await audit()
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^not audited: the registry gave no answer \(.*405/s)])
  })

  it('says so too where no registry answers', async () => {
    const { code, stdout } = await audit('http://127.0.0.1:9/')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^not audited: the registry gave no answer \(.+\)\n$/s)])
  })
})
