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
