import type {
  ProtoDecimalField,
  ProtoDigitsField,
  ProtoIntegerField,
  ProtoLevelsField,
  ProtoMessageField,
  ProtoOneOfField,
  ProtoRepeatedField,
  ProtoTextField,
} from './proto-field.js'

/** A field's place in a scanned message. The kind keeps a number from being read as text. */
export type ProtoSlot<Kind extends string> = number & { readonly __kind: Kind }

type SlotOf<Field> = Field extends ProtoDecimalField | ProtoDigitsField | ProtoIntegerField
  ? ProtoSlot<'number'>
  : Field extends ProtoTextField
    ? ProtoSlot<'text'>
    : Field extends ProtoMessageField
      ? ProtoSlot<'message'>
      : Field extends ProtoOneOfField
        ? ProtoSlot<'oneOf'>
        : Field extends ProtoRepeatedField
          ? ProtoSlot<'repeated'>
          : Field extends ProtoLevelsField
            ? ProtoSlot<'levels'>
            : never

/** The slots of a declaration, by the names of its fields. */
export type ProtoSlotsOf<Declaration> = { readonly [Name in keyof Declaration]: SlotOf<Declaration[Name]> }
