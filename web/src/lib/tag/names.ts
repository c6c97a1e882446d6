// The placeholders that a tag may use: those of active integrations in the order in which they win a name, answers to forms, and what is
// known of every ticket.
import type { Schemas } from "$lib/api/client";
import { Names, type Placeholder } from "$lib/message/template";
import { answerTo, builtIn, ofTicket } from "$lib/text/tags";

export function namesOf(active: Schemas["Active"][], forms: Schemas["Form"][]): Names {
  const live = active.flatMap((one) => one.placeholders.map((offer): Placeholder => ({ name: offer.name, long: `${one.slug}.${offer.name}`, source: one.name, sample: offer.name })));
  const answers = new Map<string, Placeholder>();
  for (const form of forms) {
    for (const question of form.questions) {
      const name = `form.${question.id}`;
      answers.set(name, { name, long: `ticket.${name}`, description: answerTo(question.label), sample: question.label, source: form.name });
    }
  }
  const known = Object.entries(builtIn).map(([name, about]): Placeholder => ({ name, long: `ticket.${name}`, source: ofTicket, ...about }));
  return new Names([...live, ...answers.values(), ...known]);
}
