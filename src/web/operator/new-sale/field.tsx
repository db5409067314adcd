// One field of the form, with its label and, beside it, what is wrong with it.

import type { Wrongs } from "./draft.ts";

type Props = {
  name: string;
  label: string;
  value: string;
  set: (value: string) => void;
  wrongs: Wrongs;
  type?: "text" | "number" | "datetime-local";
  hint?: string;
  lang?: string;
};

export function Field({ name, label, value, set, wrongs, type = "text", hint, lang }: Props) {
  const wrong = wrongs[name];
  const told = `${name}-told`;
  return (
    <div class={wrong === undefined ? "field" : "field is-wrong"}>
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        // The types of JSX take one literal kind of input at a time.
        type={type as "text"}
        lang={lang}
        value={value}
        inputMode={type === "number" ? "decimal" : "text"}
        step={type === "number" ? "any" : undefined}
        maxLength={80}
        aria-invalid={wrong !== undefined}
        aria-describedby={told}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <small id={told}>{wrong ?? hint ?? ""}</small>
    </div>
  );
}
