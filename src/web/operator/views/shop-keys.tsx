// Keys for shops of one's own: made (and shown once, for the shop's engineer), listed, revoked. A key that
// is revoked lets nobody into its shop any more, and so it asks twice.

import { useState } from "preact/hooks";
import type { DeskOriginKey, OriginKeyMade } from "../../../wire/desk-contract.ts";
import { call } from "../calls.ts";
import { locale, session, words } from "../page.ts";
import { dateTime } from "../parts/numbers.ts";
import { Nothing, Settled } from "../parts/states.tsx";
import { useLoaded } from "../use.ts";

export function ShopKeys() {
  const t = words.value.keys;
  const [loaded, again] = useLoaded<{ keys: DeskOriginKey[] }>(
    () => call("deskOriginKeys"),
    "keys",
  );
  const mayAct = session.value.kind === "in" && session.value.me.role !== "viewer";
  return (
    <>
      <header class="view-head">
        <div>
          <h1>{t.title}</h1>
          <p class="soft">{t.intro}</p>
        </div>
      </header>
      {mayAct && <MakeKey made={again} />}
      <Settled loaded={loaded} again={again}>
        {({ keys }) =>
          keys.length === 0 ? (
            <Nothing title={t.empty} next={t.emptyNext} />
          ) : (
            <ul class="stuck">
              {keys.map((key) => (
                <Key key={key.keyId} own={key} mayAct={mayAct} changed={again} />
              ))}
            </ul>
          )
        }
      </Settled>
    </>
  );
}

function MakeKey({ made }: { made: () => void }) {
  const t = words.value.keys;
  const [name, setName] = useState("");
  const [fresh, setFresh] = useState<OriginKeyMade | undefined>(undefined);
  const [told, setTold] = useState("");
  const make = async (event: Event) => {
    event.preventDefault();
    const answer = await call<OriginKeyMade>("deskOriginKeys", { method: "POST", body: { name } });
    setTold(answer.kind === "problem" ? answer.problem.title : "");
    if (answer.kind !== "ok") return;
    setFresh(answer.body);
    setName("");
    made();
  };
  return (
    <form class="card make-key" onSubmit={(event) => void make(event)}>
      <div class="field">
        <label for="key-name">{t.name}</label>
        <input
          id="key-name"
          type="text"
          required
          maxLength={80}
          value={name}
          aria-describedby="key-told"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <small id="key-told">{told}</small>
      </div>
      <button type="submit" class="button primary">
        {t.make}
      </button>
      {fresh !== undefined && (
        <p role="status">
          <strong>{t.once}</strong>
          <br />
          <code id="fresh-key">{fresh.key}</code>
        </p>
      )}
    </form>
  );
}

type KeyProps = { own: DeskOriginKey; mayAct: boolean; changed: () => void };

function Key({ own, mayAct, changed }: KeyProps) {
  const t = words.value.keys;
  const [asked, setAsked] = useState(false);
  const revoke = async () => {
    if (!asked) return setAsked(true);
    await call("deskOriginKey", { method: "DELETE", params: { keyId: own.keyId } });
    changed();
  };
  return (
    <li class="card" lang={locale.value}>
      <header>
        <strong>{own.name}</strong>
        <code>{own.keyId}</code>
        <span class="soft">
          {own.revokedAt === undefined
            ? dateTime(own.createdAt)
            : t.revoked(dateTime(own.revokedAt))}
        </span>
      </header>
      {mayAct && own.revokedAt === undefined && (
        <p>
          {asked && <span class="warn-text">{t.sure} </span>}
          <button type="button" class="button" onClick={() => void revoke()}>
            {asked ? t.revokeNow : t.revoke}
          </button>
        </p>
      )}
    </li>
  );
}
