/** Protobuf wire types; groups (3 and 4) are not read. Source: https://protobuf.dev/programming-guides/encoding/ */
export const varintWire = 0
export const fixed64Wire = 1
export const lengthWire = 2
export const fixed32Wire = 5
