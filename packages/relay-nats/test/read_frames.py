"""Reads frames as docs/relay-encoding.md describes them, with nothing but Python's standard library.

In: frames, each behind its length (u32, little endian). Out: a line of JSON for each.
"""

import json
import struct
import sys

KINDS = {1: "data", 2: "state", 3: "gap", 4: "alert", 5: "beat", 6: "answer"}
CHANNELS = {1: "orderbook", 2: "trades", 3: "book_ticker", 4: "ticker", 5: "executions", 6: "balances", 7: "orders", 8: "candles"}
SIDES = {0: None, 1: "buy", 2: "sell"}
LIQUIDITY = {0: None, 1: "maker", 2: "taker"}
ORDER_TYPES = {0: None, 1: "limit", 2: "market", 3: "stop"}
TIME_IN_FORCE = {0: None, 1: "gtc", 2: "ioc", 3: "fok", 4: "post_only"}
ORDER_STATUS = {
    0: None,
    1: "open",
    2: "partially_filled",
    3: "filled",
    4: "cancelled",
    5: "partially_cancelled",
    6: "rejected",
    7: "expired",
}
INTERVALS = dict(enumerate(["10s", "1m", "5m", "15m", "30m", "1h", "4h", "8h", "1d", "1w", "1M"], 1))
STREAM_STATUS = {0: None, 1: "syncing", 2: "live", 3: "stale", 4: "gapped"}
GAP_ACTIONS = {1: "resynchronised", 2: "backfilled", 3: "partly-backfilled", 4: "lost"}
ALERT_KINDS = dict(
    enumerate(
        [
            "latency",
            "compliance",
            "stale-stream",
            "gap",
            "drop",
            "schema-drift",
            "reconnect-storm",
            "breaker-open",
            "listen-key",
            "clock-skew",
            "book-divergence",
            "slow-handler",
            "event-loop-blocked",
        ],
        1,
    )
)
ALERT_STATUS = {1: "raised", 2: "cleared"}
ALERT_SEVERITY = {1: "warning", 2: "critical"}


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0
        self.text_at = None

    def take(self, form):
        (value,) = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return value

    def u8(self):
        return self.take("B")

    def f64(self):
        return self.take("d")

    def count(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def text(self):
        length = self.count()
        self.text_at += length
        return self.data[self.text_at - length : self.text_at].decode("utf-8")

    def number_if(self, bits, bit):
        return self.f64() if bits & bit else None

    def text_if(self, bits, bit):
        return self.text() if bits & bit else None


def orderbook(r):
    bits = r.u8()
    book = {
        "kind": "snapshot" if bits & 1 else "delta",
        "firstSequence": r.number_if(bits, 2),
        "lastSequence": r.number_if(bits, 4),
        "checksum": r.f64() if bits & 8 else r.text_if(bits, 16),
    }
    book["bids"] = [r.f64() for _ in range(2 * r.count())]
    book["asks"] = [r.f64() for _ in range(2 * r.count())]
    book["digits"] = {side: [r.text() for _ in book[side]] for side in ("bids", "asks")} if bits & 32 else None
    return book


def trade(r):
    bits = r.u8()
    read = {"side": "sell" if bits & 1 else "buy", "price": r.f64(), "size": r.f64()}
    read["time"] = r.number_if(bits, 4)
    read["id"] = r.text_if(bits, 2)
    return read


def numbers(r, bits, names):
    return {name: r.number_if(bits, 1 << index) for index, name in enumerate(names)}


def book_ticker(r):
    return numbers(r, r.u8(), ["bidPrice", "bidSize", "askPrice", "askSize"])


def ticker(r):
    names = ["last", "open", "high", "low", "baseVolume", "quoteVolume", "change", "bidPrice", "askPrice"]
    return numbers(r, r.take("H"), names)


def candle(r):
    read = {"interval": INTERVALS[r.u8()]}
    bits = r.u8()
    for name in ("openTime", "open", "high", "low", "close"):
        read[name] = r.f64()
    read["baseVolume"] = r.number_if(bits, 1)
    read["quoteVolume"] = r.number_if(bits, 2)
    read["closed"] = bool(bits & 8) if bits & 4 else None
    return read


def order(r):
    bits = r.take("H")
    read = {
        "side": SIDES[r.u8()],
        "type": ORDER_TYPES[r.u8()],
        "timeInForce": TIME_IN_FORCE[r.u8()],
        "status": ORDER_STATUS[r.u8()],
        "createdAt": r.number_if(bits, 128),
        "updatedAt": r.number_if(bits, 256),
        "id": r.text(),
    }
    names = ["clientId", "price", "triggerPrice", "size", "filledSize", "remainingSize", "averagePrice"]
    for index, name in enumerate(names):
        read[name] = r.text_if(bits, 1 << index)
    return read


def execution(r):
    bits = r.u8()
    read = {"side": SIDES[r.u8()], "liquidity": LIQUIDITY[r.u8()], "time": r.number_if(bits, 16)}
    for name in ("id", "orderId", "price", "size"):
        read[name] = r.text()
    for index, name in enumerate(["clientId", "quoteSize", "fee", "feeAsset"]):
        read[name] = r.text_if(bits, 1 << index)
    return read


def balance(r):
    bits = r.u8()
    read = {"time": r.number_if(bits, 64), "asset": r.text()}
    for index, name in enumerate(["free", "locked", "total", "change", "freeChange", "reason"]):
        read[name] = r.text_if(bits, 1 << index)
    return read


def list_of(read_one):
    return lambda r: [read_one(r) for _ in range(r.count())]


PAYLOADS = {
    "orderbook": orderbook,
    "trades": list_of(trade),
    "book_ticker": book_ticker,
    "ticker": ticker,
    "candles": candle,
    "orders": order,
    "executions": execution,
    "balances": list_of(balance),
}


def message(r, channel, before):
    bits = r.u8()
    return {
        "receivedAt": r.f64() if bits & 1 else before["receivedAt"],
        "exchangeTime": r.number_if(bits, 2),
        "sequence": r.number_if(bits, 4),
        "symbol": before["symbol"] if bits & 32 else r.text_if(bits, 8),
        "backfilled": bool(bits & 16),
        "data": PAYLOADS[channel](r),
    }


def state(r):
    return {"status": STREAM_STATUS[r.u8()], "since": r.f64(), "reason": r.text()}


def gap(r):
    bits = r.u8()
    read = {"action": GAP_ACTIONS[r.u8()], "from": r.f64(), "to": r.number_if(bits, 1), "backfilled": r.f64()}
    read["reason"] = r.text()
    read["fault"] = r.text_if(bits, 2)
    return read


def alert(r):
    bits = r.u8()
    read = {"kind": ALERT_KINDS[r.u8()], "status": ALERT_STATUS[r.u8()], "severity": ALERT_SEVERITY[r.u8()]}
    read["since"] = r.f64()
    read["at"] = r.f64()
    read["value"] = r.number_if(bits, 16)
    read["threshold"] = r.number_if(bits, 32)
    for name in ("exchange", "reason", "advice", "docs"):
        read[name] = r.text()
    read["connectionId"] = r.text_if(bits, 1)
    stream = {"channel": r.text_if(bits, 2), "symbol": r.text_if(bits, 4), "interval": r.text_if(bits, 8)}
    read["stream"] = stream if bits & 2 else None
    read["unit"] = r.text_if(bits, 64)
    return read


def beat(r):
    return {"sentAt": r.f64(), "streams": r.take("I")}


def answer(r):
    bits = r.u8()
    read = {"ok": bool(bits & 1), "status": STREAM_STATUS[r.u8()], "epoch": r.f64(), "sequence": r.f64()}
    read["code"] = r.text_if(bits, 2)
    read["reason"] = r.text_if(bits, 4)
    return read


RECORDS = {"state": state, "gap": gap, "alert": alert, "beat": beat, "answer": answer}


def read_frame(data):
    r = Reader(data)
    if data[:2] != b"TW":
        raise ValueError("not a frame of a relay")
    r.at = 2
    version = r.u8()
    if version != 1:
        raise ValueError(f"version {version}")
    kind = KINDS[r.u8()]
    flags = r.u8()
    channel = CHANNELS.get(r.u8())
    count = r.take("H")
    frame = {"kind": kind, "channel": channel, "count": count, "relay": r.take("I"), "epoch": r.f64(), "sequence": r.f64(), "sentAt": r.f64()}
    frame["continues"] = bool(flags & 1)
    frame["snapshot"] = bool(flags & 2)
    frame["sole"] = bool(flags & 4)
    records_end = r.text_at = len(data) - r.take("I")
    records = []
    for _ in range(count):
        if kind == "data":
            records.append(message(r, channel, records[-1] if records else None))
        else:
            records.append(RECORDS[kind](r))
    if r.at != records_end:
        raise ValueError("bytes behind the last record")
    if r.text_at != len(data):
        raise ValueError("texts that are of no record")
    frame["records"] = records
    return frame


def main():
    data = sys.stdin.buffer.read()
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        at += 4
        print(json.dumps(read_frame(data[at : at + length])))
        at += length


main()
