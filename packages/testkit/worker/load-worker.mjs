// The sending half of the load generator, in a process of its own: plain JavaScript, because it runs from the source tree and from the package alike.
// Messages to it: { settings } once, { begin: true }. Messages from it: { port }, { sent: bytes } when a client has been served, { failure: text }.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false })
const waiting = new Set()
let settings = null
let hasBegun = false

process.on('disconnect', () => process.exit(0))
process.on('message', (message) => {
  if (message.settings !== undefined) void prepare(message.settings)
  if (message.begin === true) {
    hasBegun = true
    for (const begin of waiting) begin()
  }
})

async function prepare(given) {
  let acknowledge = () => []
  try {
    if (given.acknowledge !== null) acknowledge = (await import(given.acknowledge.module))[given.acknowledge.name]
    if (typeof acknowledge !== 'function')
      throw new TypeError(`${given.acknowledge.name} is not a function of the module`)
  } catch (thrown) {
    process.send({ failure: String(thrown) })
    return
  }
  settings = { ...given, acknowledge }
  hasBegun = given.startOn === 'connection'
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    socket.setNoDelay(true)
    webSockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, socket))
  })
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
}

function serve(webSocket, socket) {
  let isSending = false
  const begin = () => {
    if (isSending) return
    isSending = true
    waiting.delete(begin)
    pump(socket)
  }
  webSocket.on('error', () => {})
  webSocket.on('close', () => waiting.delete(begin))
  webSocket.on('message', (data, isBinary) => {
    for (const answer of settings.acknowledge(isBinary ? data : data.toString())) webSocket.send(answer)
    if (settings.startOn === 'message') begin()
  })
  if (hasBegun) begin()
  else waiting.add(begin)
}

/** Writes whole blocks of frames, as many as the socket takes; acknowledgements fit in between. */
function pump(socket) {
  const { block, blocks, tail } = settings
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  let left = blocks
  const write = () => {
    while (left > 0) {
      if (socket.destroyed) return
      left--
      if (!socket.write(bytes)) {
        socket.once('drain', write)
        return
      }
    }
    socket.write(Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength), () => {
      if (!socket.destroyed) process.send({ sent: blocks * bytes.length + tail.byteLength })
    })
  }
  write()
}
