// The accent colour, checked while it is chosen by the arithmetic that the server refuses with: words
// must be readable on it (4.5:1). A colour that fails comes with the nearest one that passes.

import { accentShades, checkAccent } from "../../../wire/accent-shades.ts";
import { words } from "../page.ts";

type Props = { value: string; set: (accent: string) => void };

export function AccentField({ value, set }: Props) {
  const t = words.value.create;
  const check = checkAccent(value);
  const shades = accentShades(value);
  const isRight = check.kind === "readable";
  return (
    <div class={isRight ? "field accent" : "field accent is-wrong"}>
      <label for="accent">{t.accent}</label>
      <div class="row">
        <input
          type="color"
          aria-label={t.accent}
          value={shades === undefined ? "#000000" : value}
          onInput={(event) => set(event.currentTarget.value)}
        />
        <input
          id="accent"
          name="accent"
          type="text"
          maxLength={7}
          value={value}
          aria-invalid={!isRight}
          aria-describedby="accent-told"
          onInput={(event) => set(event.currentTarget.value.trim().toLowerCase())}
        />
        {shades !== undefined && (
          <span
            class="accent-sample"
            style={{ background: shades.accent, color: shades.accentInk }}
          >
            {t.sampleButton}
          </span>
        )}
      </div>
      <small id="accent-told">
        {check.kind === "readable" && t.accentReads(check.contrast.toFixed(1))}
        {check.kind === "not-a-colour" && t.accentNone}
        {check.kind === "unreadable" && (
          <>
            {t.accentFails(check.contrast.toFixed(1))}{" "}
            <button type="button" class="quiet-button" onClick={() => set(check.nearest)}>
              {t.accentUse(check.nearest)}
            </button>
          </>
        )}
      </small>
    </div>
  );
}
