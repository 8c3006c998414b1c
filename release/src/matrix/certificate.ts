import { join } from 'node:path'
import { succeed } from '../command/run.js'

/** Files of a server on this machine, and of the authority that its clients have to trust. */
export interface Certificate {
  readonly key: string
  readonly cert: string
  readonly authority: string
}

/** Makes a certificate for 127.0.0.1 into `folder`. Rejects where there is no `openssl` of version 3. */
export async function makeCertificate(folder: string, environment: NodeJS.ProcessEnv): Promise<Certificate> {
  const [key, cert, authority] = ['server.key', 'server.pem', 'authority.pem'].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ]
  const authorityKey = join(folder, 'authority.key')
  const make = (keyFile: string, certificateFile: string, words: readonly string[]): Promise<unknown> => {
    const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    const given = ['req', '-x509', ...fresh, '-keyout', keyFile, '-out', certificateFile, ...words]
    return succeed('openssl', given, { cwd: folder, environment })
  }
  await make(authorityKey, authority, ['-subj', '/CN=authority of this machine'])
  // Signed by another, since Deno does not take one that signs itself, however it is trusted.
  const extensions = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE']
  await make(key, cert, ['-subj', '/CN=127.0.0.1', '-CA', authority, '-CAkey', authorityKey, ...extensions])
  return { key, cert, authority }
}
