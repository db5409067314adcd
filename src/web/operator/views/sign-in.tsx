// Signing in. After an ended session the address stays, so one comes back to where one was.

import { useEffect, useRef, useState } from "preact/hooks";
import type { DeskMe } from "../../../wire/desk-contract.ts";
import { call } from "../calls.ts";
import { Switches } from "../frame.tsx";
import { session, words } from "../page.ts";

export function SignIn() {
  const t = words.value.signIn;
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [seen, setSeen] = useState(false);
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
    if (answer.kind === "ok") {
      session.value = { kind: "in", me: answer.body };
    } else if (answer.kind === "offline") setWrong(words.value.state.offline);
    else {
      const { title, retryAfterMs } = answer.problem;
      const wait = retryAfterMs === undefined ? "" : ` ${t.wait(Math.ceil(retryAfterMs / 1_000))}`;
      setWrong(title + wait);
    }
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
          <label class="field">
            {t.password}
            <input
              name="password"
              type={(seen ? "text" : "password") as "password"}
              autocomplete="current-password"
              required
              maxLength={200}
            />
          </label>
          <label class="tick">
            <input type="checkbox" checked={seen} onChange={() => setSeen(!seen)} />
            {t.show}
          </label>
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
