// One field of the form, with its label and, beside it, what is wrong with it.

import type { Wrongs } from "./draft.ts";

type Props = {
  name: string;
  label: string;
  value: string;
  set: (value: string) => void;
  wrongs: Wrongs;
  type?: "text" | "number" | "datetime-local" | "url";
  hint?: string;
  lang?: string;
};

export function Field({ name, label, value, set, wrongs, type = "text", hint, lang }: Props) {
  const wrong = wrongs[name];
  const told = `${name}-told`;
  const shared = {
    id: name,
    name,
    value,
    "aria-invalid": wrong !== undefined,
    "aria-describedby": told,
    onInput: (event: { currentTarget: HTMLInputElement }) => set(event.currentTarget.value),
  };
  return (
    <div class={wrong === undefined ? "field" : "field is-wrong"}>
      <label for={name}>{label}</label>
      {type === "text" && <input {...shared} type="text" lang={lang} maxLength={80} />}
      {type === "url" && <input {...shared} type="url" maxLength={500} />}
      {type === "number" && <input {...shared} type="number" inputMode="decimal" step="any" />}
      {type === "datetime-local" && <input {...shared} type="datetime-local" />}
      <small id={told}>{wrong ?? hint ?? ""}</small>
    </div>
  );
}
