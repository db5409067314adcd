// The reason that a person gives for what they settle: it is kept in the audit.

import { words } from "../page.ts";

type ReasonProps = { id: string; value: string; set: (value: string) => void };

export function Reason({ id, value, set }: ReasonProps) {
  return (
    <div class="field">
      <label for={id}>{words.value.orders.settleReason}</label>
      <input
        id={id}
        maxLength={300}
        value={value}
        onInput={(typed) => set(typed.currentTarget.value)}
      />
    </div>
  );
}
