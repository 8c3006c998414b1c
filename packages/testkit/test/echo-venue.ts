import type { Venue, VenueContext, VenueRequest } from '../src/venue/venue.js'

/** A venue that greets, echoes, and pushes every trade; `/refused` is refused, `/broken` breaks. */
export class EchoVenue implements Venue {
  readonly exchange = 'echo_spot'
  readonly context: VenueContext
  readonly requests: VenueRequest[] = []
  readonly received: string[] = []
  openSessions = 0
  isClosed = false

  constructor(context: VenueContext) {
    this.context = context
  }

  accept(...[client, request]: Parameters<Venue['accept']>): ReturnType<Venue['accept']> {
    this.requests.push(request)
    if (request.url.pathname === '/refused')
      return { status: 403, body: '<html>no</html>', headers: { 'content-type': 'text/html' } }
    if (request.url.pathname === '/broken') throw new Error('broken emulation')
    this.openSessions++
    client.send('welcome')
    const stopListening = this.context.market.listen((event) => {
      if (event.kind === 'trade') client.send(`trade ${event.id}`)
    })
    return {
      onMessage: (data, isBinary) => {
        const text = data.toString()
        this.received.push(text)
        if (text === 'close') client.close()
        else if (text === 'close 4001') client.close(4001, 'because')
        else if (text === 'terminate') client.terminate()
        else if (text === 'break') throw new Error('broken session')
        else client.send(isBinary ? data : text)
      },
      onPing: () => void this.received.push('a ping frame'),
      onClose: () => {
        this.openSessions--
        stopListening()
      },
    }
  }

  handle(request: VenueRequest): ReturnType<Venue['handle']> {
    if (request.url.pathname === '/broken') throw new Error('broken emulation')
    this.requests.push(request)
    return { status: 200, body: JSON.stringify({ query: request.url.search, body: request.body }) }
  }

  close(): void {
    this.isClosed = true
  }
}
