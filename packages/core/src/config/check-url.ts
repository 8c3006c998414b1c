import { redactUrl } from '../errors/redact.js'
import { StreamError } from '../errors/stream-error.js'

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Reads a socket URL. Throws `ERR_INVALID_CONFIG` for what is not `ws:` or `wss:`, and `ERR_INSECURE_URL` for plain `ws:` to anything but a loopback host.
 */
export function checkSocketUrl(url: string): URL {
  if (!URL.canParse(url)) {
    // Without its cause: Node's error repeats the whole input, listen key included.
    throw new StreamError('ERR_INVALID_CONFIG', 'The socket URL cannot be read.', {
      hint: 'Write it whole, for example wss://api.gateway.example/ws or ws://127.0.0.1:9000/.',
    })
  }
  const parsed = new URL(url)
  if (parsed.protocol !== 'ws:' && parsed.protocol !== 'wss:') {
    throw new StreamError('ERR_INVALID_CONFIG', `${redactUrl(url)} is not a WebSocket URL.`, {
      hint: 'It must start with wss:// (or ws:// on loopback).',
    })
  }
  if (parsed.protocol === 'ws:' && !loopback.test(parsed.hostname)) {
    throw new StreamError('ERR_INSECURE_URL', `${redactUrl(url)} is not encrypted.`, {
      hint: 'Use wss://; plain ws:// is accepted for loopback hosts only.',
    })
  }
  if (parsed.hash !== '') {
    throw new StreamError('ERR_INVALID_CONFIG', `${redactUrl(url)} has a fragment.`, {
      hint: 'WebSocket URLs have none (RFC 6455, section 3): write # as %23, or leave it out.',
    })
  }
  return parsed
}

/**
 * The REST URL of an exchange as adapters put paths behind it: without the slashes at its end. Throws `ERR_INVALID_CONFIG` for what is not `http:` or `https:`, and
 * `ERR_INSECURE_URL` for plain `http:` to anything but a loopback host: signed requests and snapshots go there.
 */
export function checkedRestUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    throw new StreamError('ERR_INVALID_CONFIG', 'The restUrl is not an HTTP URL.', {
      hint: 'Write it whole, for example https://api.gateway.example.',
    })
  }
  if (parsed.protocol === 'http:' && !loopback.test(parsed.hostname)) {
    throw new StreamError('ERR_INSECURE_URL', `${redactUrl(url)} is not encrypted.`, {
      hint: 'Use https://; plain http:// is accepted for loopback hosts only.',
    })
  }
  return url.replace(/\/+$/, '')
}
