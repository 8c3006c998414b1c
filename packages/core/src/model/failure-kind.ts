/**
 * Why a connection ended or could not be made. The kind decides how soon to try again.
 *
 * - `closed-without-code`: a close frame without a code (1005); usually transient
 * - `closed`: a close frame with a code
 * - `abrupt`: the socket ended without a close frame (1006)
 * - `refused`: nothing listens there, or the network is unreachable
 * - `host-not-found`: the name did not resolve
 * - `timeout`: no answer in time, or a connection that stopped answering
 * - `authentication`: key, signature or permission not accepted
 * - `clock-skew`: the time of something signed not accepted; clocks are put right
 * - `signing`: what had to be signed was not, because the signing function failed
 * - `expired`: what opened the connection, a listen key, has ended or is not accepted; a fresh one is had
 * - `rate-limited`: the exchange asked us to slow down
 * - `not-permitted`: the limiter that is shared with others gave no permit in time
 * - `upgrade`: the exchange announced that it will close the connection
 * - `corrupt`: bytes that cannot have been meant; the stream can no longer be trusted
 * - `rejected`: the handshake was answered with something other than an upgrade
 * - `strategy`: the adapter's own code failed
 */
export type FailureKind =
  | 'closed-without-code'
  | 'closed'
  | 'abrupt'
  | 'refused'
  | 'host-not-found'
  | 'timeout'
  | 'authentication'
  | 'clock-skew'
  | 'signing'
  | 'expired'
  | 'rate-limited'
  | 'not-permitted'
  | 'upgrade'
  | 'corrupt'
  | 'rejected'
  | 'strategy'
