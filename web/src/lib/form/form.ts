// A form as it is built: every setting of every kind is there, so that changing the kind loses nothing; what does not belong to the kind
// is left out when it is saved.
import type { Modal } from "discord-message";
import type { Schemas } from "$lib/api/client";

export type Kind = Schemas["Question"]["kind"];
export type OptionForm = { key: string; label: string; value: string; description: string; emoji: string; default: boolean };
export type QuestionForm = {
  key: string; id: string; label: string; description: string; kind: Kind; required: boolean; placeholder: string; default: string;
  min_length: number; max_length: number; min_values: number; max_values: number; options: OptionForm[];
};
export type FormForm = { name: string; title: string; questions: QuestionForm[] };

// Discord's limits, but name: https://discord.com/developers/docs/components/reference#label
export const limits = { name: 80, title: 45, questions: 5, label: 45, text: 100, answer: 4000, options: 25, boxes: 10 } as const;

export const kinds: Kind[] = ["short", "paragraph", "select", "radio", "checkboxes", "checkbox", "user", "role", "channel"];

export const isText = (kind: Kind) => kind === "short" || kind === "paragraph";
export const isThing = (kind: Kind) => kind === "user" || kind === "role" || kind === "channel";
export const hasOptions = (kind: Kind) => kind === "select" || kind === "radio" || kind === "checkboxes";
export const hasCounts = (kind: Kind) => isThing(kind) || kind === "select" || kind === "checkboxes";
export const hasPlaceholder = (kind: Kind) => isText(kind) || isThing(kind) || kind === "select";
export const mostOptions = (kind: Kind) => (kind === "select" ? limits.options : limits.boxes);

// A key knows a row while it is moved; the API never sees it.
let next = 1;
const newKey = () => `new${next++}`;

export const blankOption = (): OptionForm => ({ key: newKey(), label: "", value: "", description: "", emoji: "", default: false });

export const blankQuestion = (): QuestionForm => ({
  key: newKey(), id: "", label: "", description: "", kind: "short", required: true, placeholder: "", default: "",
  min_length: 0, max_length: 0, min_values: 0, max_values: 0, options: [],
});

export const blankForm = (): FormForm => ({ name: "", title: "", questions: [blankQuestion()] });

// formOf opens what is saved. What was saved from sent keeps its keys, so that what is open stays open, and what is typed in stays there.
export const formOf = (form: Schemas["Form"], sent?: FormForm): FormForm => ({
  name: form.name, title: form.title,
  questions: form.questions.map((one, at) => {
    const was = sent?.questions[at];
    return {
      ...blankQuestion(), ...one, ...(was && { key: was.key }), required: one.required ?? false,
      options: (one.options ?? []).map((option, of) => ({ ...blankOption(), ...option, value: option.value === option.label ? "" : (option.value ?? ""), ...(was?.options[of] && { key: was.options[of].key }) })),
    };
  }),
});

export const draftOf = (form: FormForm): Schemas["FormDraft"] => ({ name: form.name.trim(), title: form.title, questions: form.questions.map(questionOf) });

function questionOf(one: QuestionForm): Schemas["Question"] {
  const { kind } = one;
  return {
    ...(one.id && { id: one.id }), label: one.label, description: one.description, kind, required: kind !== "checkbox" && one.required,
    ...(hasPlaceholder(kind) && { placeholder: one.placeholder }),
    ...(isText(kind) && { default: one.default, min_length: one.min_length, max_length: one.max_length }),
    ...(hasCounts(kind) && { min_values: one.min_values, max_values: one.max_values }),
    ...(hasOptions(kind) && {
      options: one.options.map(({ label, value, description, emoji, default: chosen }) => ({ label, value, description, ...(kind === "select" && { emoji }), default: chosen })),
    }),
  };
}

// bounds is how many may be chosen, as the program reads what is left empty.
function bounds(one: QuestionForm): { min_values: number; max_values: number } {
  const low = Math.max(one.min_values, 1);
  const high = one.kind === "checkboxes" && one.max_values === 0 ? one.options.length : Math.max(one.max_values, 1);
  return { min_values: low, max_values: Math.max(low, high) };
}

const component = { short: 4, paragraph: 4, select: 3, user: 5, role: 6, channel: 8, radio: 21, checkboxes: 22, checkbox: 23 } as const;

// modalOf is what Discord is sent for a form: https://discord.com/developers/docs/components/reference
export function modalOf(form: FormForm, unnamed: string): Modal {
  return {
    title: form.title || unnamed,
    components: form.questions.map((one) => ({
      type: 18, label: one.label || unnamed, description: one.description || null,
      component: {
        type: component[one.kind], custom_id: one.key, required: one.required,
        ...(hasPlaceholder(one.kind) && { placeholder: one.placeholder }),
        ...(isText(one.kind) && { style: one.kind === "paragraph" ? 2 : 1, value: one.default, min_length: one.min_length, max_length: one.max_length || limits.answer }),
        ...(hasCounts(one.kind) && bounds(one)),
        ...(hasOptions(one.kind) && {
          options: one.options.map((option) => ({
            label: option.label || unnamed, value: option.key, default: option.default,
            ...(option.description && { description: option.description }), ...(one.kind === "select" && option.emoji && { emoji: { name: option.emoji } }),
          })),
        }),
      },
    })),
  };
}
