import { defaultsOf, isSelect } from "./look.ts";
import { type Component, ComponentType as Type } from "./types.ts";

/**
 * A modal's data and its rules: what can be filled in, and what Discord would refuse.
 *
 * @see https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
 */
export interface Modal {
  custom_id?: string;
  title: string;
  components: Component[];
}

/** What stands in a field: text, what was chosen, a checkbox, or files. */
export type FieldValue = string | string[] | boolean | File[];

/** One thing to fill in, with the words around it. */
export interface Field {
  /** The component that is filled in. */
  input: Component;
  id: string;
  label: string;
  description?: string;
  required: boolean;
}

/** A modal's content in order: fields, texts between them, and what this client does not know. */
export type Piece = { kind: "field"; field: Field } | { kind: "text"; text: string } | { kind: "unknown"; type: number };

/** Reads both generations of modals: rows with text inputs, and labels with any input. */
export function piecesOf(modal: Modal): Piece[] {
  return (modal.components ?? []).filter(Boolean).flatMap(pieceOf);
}

function pieceOf(component: Component): Piece[] {
  switch (component.type) {
    case Type.ActionRow:
      return (component.components ?? []).filter(Boolean).map((input) => fieldPiece(input, input.label ?? "", undefined));
    case Type.Label:
      return component.component ? [fieldPiece(component.component, component.label ?? "", component.description ?? undefined)] : [];
    case Type.TextDisplay:
      return [{ kind: "text", text: component.content ?? "" }];
    default:
      return [fieldPiece(component, component.label ?? "", undefined)];
  }
}

const inputs = new Set<number>([Type.TextInput, Type.FileUpload, Type.RadioGroup, Type.CheckboxGroup, Type.Checkbox]);

function fieldPiece(input: Component, label: string, description: string | undefined): Piece {
  if (!input.custom_id || !(inputs.has(input.type) || isSelect(input))) return { kind: "unknown", type: input.type };
  const required = input.type === Type.Checkbox ? false : input.required !== false;
  return { kind: "field", field: { input, id: input.custom_id, label, description, required } };
}

/** All that can be filled in, in order. */
export function fieldsOf(modal: Modal): Field[] {
  return piecesOf(modal).flatMap((piece) => (piece.kind === "field" ? [piece.field] : []));
}

/** What stands in the fields when the modal opens. */
export function startValues(modal: Modal): Record<string, FieldValue> {
  return Object.fromEntries(fieldsOf(modal).map((field) => [field.id, startValue(field.input)]));
}

function startValue(input: Component): FieldValue {
  switch (input.type) {
    case Type.TextInput:
      return input.value ?? "";
    case Type.Checkbox:
      return input.default ?? false;
    case Type.RadioGroup:
      return defaultsOf(input)[0] ?? "";
    default:
      return defaultsOf(input);
  }
}

/** Least and most number of things to choose in a list-like field. */
export function boundsOf(field: Field): { min: number; max: number } {
  const { input } = field;
  const max = input.max_values ?? (input.type === Type.CheckboxGroup ? (input.options?.length ?? 10) : 1);
  const min = input.min_values ?? 1;
  return { min: field.required ? Math.max(1, min) : min === 1 ? 0 : min, max };
}

/** Why a value may not be sent; undefined where it may. */
export function fieldFault(field: Field, value: FieldValue | undefined): string | undefined {
  if (field.input.type === Type.TextInput) return textFault(field, typeof value === "string" ? value : "");
  if (field.input.type === Type.Checkbox) return undefined;
  if (field.input.type === Type.RadioGroup) return field.required && !value ? "Choose one." : undefined;
  const count = Array.isArray(value) ? value.length : 0;
  const { min, max } = boundsOf(field);
  if (count === 0 && !field.required) return undefined;
  if (count < min) return min === 1 ? "This is required." : `Choose at least ${min}.`;
  return count > max ? `Choose at most ${max}.` : undefined;
}

function textFault(field: Field, text: string): string | undefined {
  const length = Array.from(text).length;
  if (length === 0) return field.required ? "This is required." : undefined;
  if (field.input.min_length && length < field.input.min_length) return `Must be ${field.input.min_length} or more characters.`;
  const most = field.input.max_length ?? 4000;
  return length > most ? `Must be ${most} or fewer characters.` : undefined;
}

/** All faults by custom id; empty where the modal may be sent. */
export function modalFaults(modal: Modal, values: Record<string, FieldValue>): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const field of fieldsOf(modal)) {
    const fault = fieldFault(field, values[field.id]);
    if (fault) faults[field.id] = fault;
  }
  return faults;
}

/** The values as they are submitted: what was left empty and may be is sent as Discord sends it. */
export function submitted(modal: Modal, values: Record<string, FieldValue>): Record<string, FieldValue> {
  const out: Record<string, FieldValue> = {};
  for (const field of fieldsOf(modal)) {
    const value = values[field.id] ?? startValue(field.input);
    if (field.input.type === Type.RadioGroup && value === "") continue;
    out[field.id] = value;
  }
  return out;
}
