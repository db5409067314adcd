// Signing in. After an ended session the address stays, so one comes back to where one was.

import { useEffect, useRef, useState } from "preact/hooks";
import type { DeskMe } from "../../../wire/desk-contract.ts";
import { type Answer, call } from "../calls.ts";
import { Switches } from "../frame.tsx";
import { session, words } from "../page.ts";

export function SignIn() {
  const t = words.value.signIn;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const email = useRef<HTMLInputElement>(null);
  useEffect(() => email.current?.focus(), []);
  const ended = session.value.kind === "out" && session.value.ended;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setWrong("");
    const body = { email: form.get("email"), password: form.get("password") };
    const answer = await call<DeskMe>("deskSignIn", { method: "POST", body });
    setBusy(false);
    if (answer.kind === "ok") session.value = { kind: "in", me: answer.body };
    else setWrong(wrongOf(answer));
  };

  return (
    <div class="alone">
      <main class="sign-in">
        <p class="mark">Usher</p>
        <h1>{t.title}</h1>
        <p class="soft">{ended ? t.ended : t.intro}</p>
        <form onSubmit={(event) => void submit(event)}>
          <label class="field">
            {t.email}
            <input
              ref={email}
              name="email"
              type="email"
              autocomplete="username"
              required
              maxLength={254}
            />
          </label>
          <PasswordField />
          <p class="wrong" role="alert">
            {wrong}
          </p>
          <button type="submit" class="button primary wide" disabled={busy}>
            {busy ? t.busy : t.go}
          </button>
        </form>
        <div class="own">
          <Switches />
        </div>
      </main>
    </div>
  );
}

function wrongOf(answer: Exclude<Answer<DeskMe>, { kind: "ok" }>): string {
  if (answer.kind === "offline") return words.value.state.offline;
  const { title, retryAfterMs } = answer.problem;
  if (retryAfterMs === undefined) return title;
  return `${title} ${words.value.signIn.wait(Math.ceil(retryAfterMs / 1_000))}`;
}

function PasswordField() {
  const t = words.value.signIn;
  const field = useRef<HTMLInputElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (field.current) field.current.type = seen ? "text" : "password";
  }, [seen]);
  return (
    <>
      <label class="field">
        {t.password}
        <input
          ref={field}
          name="password"
          type="password"
          autocomplete="current-password"
          required
          maxLength={200}
        />
      </label>
      <label class="tick">
        <input type="checkbox" checked={seen} onChange={() => setSeen(!seen)} />
        {t.show}
      </label>
    </>
  );
}
