// Where the seats of a performance are: sold, held, free, withheld, as one bar. The parts differ in
// lightness and pattern as well as in hue, and the numbers stand beside it in words.

import type { DeskSample } from "../../../wire/desk-contract.ts";
import { words } from "../page.ts";
import { count } from "./numbers.ts";

export function SeatBar({ seats }: { seats: DeskSample["seats"] }) {
  const t = words.value.number;
  const held = seats.held + seats.paying;
  const parts = [
    { name: "sold", value: seats.sold, word: t.sold },
    { name: "held", value: held, word: t.held },
    { name: "free", value: seats.free, word: t.free },
  ];
  const label = parts.map(({ word, value }) => `${word} ${count(value)}`).join(", ");
  return (
    <div class="seat-bar" role="img" aria-label={label}>
      {parts.map(({ name, value }) => (
        <i key={name} class={name} style={{ flexGrow: value }} hidden={value === 0} />
      ))}
    </div>
  );
}
