// What an action will do, in words, before it is applied: from the server's own reckoning, so that the
// desk never promises what the pacer would not do.

import type { ActionPreview, Outlook } from "../../../wire/desk-contract.ts";
import { words } from "../page.ts";
import { wait } from "../parts/numbers.ts";

export function Effect({ preview }: { preview: ActionPreview | undefined }) {
  const t = words.value.effect;
  if (preview === undefined) return <p class="effect soft">{t.reckoning}</p>;
  const { kind, waiting, active, before, after } = preview;
  return (
    <div class="effect" aria-live="polite">
      {kind === "open" && <p>{t.open(waiting)}</p>}
      {kind === "pause" && <p>{t.pause(active)}</p>}
      {kind === "resume" && <p>{t.resume}</p>}
      {kind === "close" && <p>{t.close(waiting, active)}</p>}
      {kind === "pace" && (
        <dl class="before-after">
          <dt>{t.now}</dt>
          <dd>{sentence(before, waiting)}</dd>
          {after !== undefined && isOther(before, after) && (
            <>
              <dt>{t.afterwards}</dt>
              <dd class="then">{sentence(after, waiting)}</dd>
            </>
          )}
        </dl>
      )}
      {(kind === "open" || kind === "resume") && after && <p>{sentence(after, waiting)}</p>}
      {after?.notes.map((note) => (
        <p key={note} class="note">
          {t.note[note]}
        </p>
      ))}
    </div>
  );
}

function isOther(before: Outlook, after: Outlook): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function sentence(outlook: Outlook, waiting: number): string {
  const t = words.value.effect;
  const pace = t.perMin(outlook.perMin.low, outlook.perMin.high);
  const rest = outlook.lineMs === undefined ? t.nobody : t.line(waiting, wait(outlook.lineMs));
  return `${pace} · ${rest}`;
}
