// What the API says when it refuses: RFC 9457, with a sentence for each wrong field.
import { text } from "$lib/text";

export type FieldProblem = { location?: string; message?: string };

// Problem is an answer of the API that is not what was asked for. `offline` when there was no answer at all.
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields: FieldProblem[];
  readonly reference: string;

  constructor(status: number, body: unknown) {
    const from = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
    const words = (key: string) => (typeof from[key] === "string" ? (from[key] as string) : "");
    super(words("detail") || words("title") || `status ${status}`);
    this.name = "Problem";
    this.status = status;
    this.code = status === 0 ? "offline" : words("code");
    this.detail = words("detail") || words("title");
    this.fields = Array.isArray(from.errors) ? (from.errors as FieldProblem[]) : [];
    this.reference = words("reference");
  }

  // field is what is wrong with the input at a path such as `headers[1].name`.
  field(path: string): string | undefined {
    return this.fields.find((field) => Problem.path(field) === path)?.message;
  }

  // path is a field's location without the part that says where in the request it was.
  static path(field: FieldProblem): string {
    return (field.location ?? "").replace(/^(body|query|path)\b\.?/, "");
  }
}

// problemText is a sentence for people about anything that was thrown.
export function problemText(error: unknown): string {
  if (!(error instanceof Problem)) return text.shell.problem.offline;
  if (error.status === 0) return text.shell.problem.offline;
  if (error.status === 401) return text.shell.problem.signedOut;
  const sentence = error.detail || text.shell.problem.title;
  return error.reference ? `${sentence} ${text.shell.problem.reference(error.reference)}` : sentence;
}
