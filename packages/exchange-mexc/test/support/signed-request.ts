import { createHmac } from 'node:crypto'
import { createEnv, requestJson } from '@tapewire/core/adapter'
import { demoCredentials } from '../../src/testing/authorize.js'

export interface RestAnswer {
  readonly status: number
  readonly body: unknown
}

interface SignedOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly key?: string
  readonly secret?: string
}

/** Signs the parameters as they are given, and sends them as the query. */
export async function signedRequest(
  address: string,
  parameters: string,
  { method = 'GET', key = demoCredentials.apiKey, secret = demoCredentials.apiSecret }: SignedOptions = {},
): Promise<RestAnswer> {
  const url = `${address}?${parameters}&signature=${hmacSha256(parameters, secret)}`
  const { status, body } = await requestJson({ url, method, headers: { 'X-MEXC-APIKEY': key } }, createEnv())
  return { status, body }
}

export function hmacSha256(text: string, secret: string = demoCredentials.apiSecret): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}
