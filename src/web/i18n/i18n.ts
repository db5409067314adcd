// Which language a page speaks, and numbers, dates and spans in it. A page imports only its own two
// dictionaries (i18n/ko/<page>.ts and i18n/en/<page>.ts); the English one has the Korean one's type,
// so a missing sentence is a type error. Order of choice: ?lang=, the stored choice, the browser.

export type Locale = "ko" | "en";
const storeKey = "usher:locale";

export function parseLocale(text: unknown): Locale | undefined {
  return text === "ko" || text === "en" ? text : undefined;
}

/** First language of `wanted` that there is a dictionary for; English where there is none. */
export function negotiateLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const locale = parseLocale(tag.slice(0, 2).toLowerCase());
    if (locale) return locale;
  }
  return "en";
}

export function chooseLocale(): Locale {
  const asked = parseLocale(new URLSearchParams(location.search).get("lang"));
  const stored = parseLocale(readStored(storeKey));
  const locale = asked ?? stored ?? negotiateLocale(navigator.languages ?? [navigator.language]);
  if (asked) keep(asked);
  document.documentElement.lang = locale;
  return locale;
}

/**
 * Turns `button` into the switch to the other language. Without `onSwitch` the page is loaded again;
 * fragment and state in storage survive either way.
 */
export function mountLanguageSwitch(
  button: HTMLElement,
  locale: Locale,
  onSwitch?: (locale: Locale) => void,
): void {
  const other: Locale = locale === "ko" ? "en" : "ko";
  button.lang = other;
  button.textContent = other === "ko" ? "한국어" : "English";
  button.onclick = () => {
    keep(other);
    const address = new URL(location.href);
    const asked = address.searchParams.has("lang");
    address.searchParams.delete("lang");
    if (asked) history.replaceState(null, "", address);
    if (!onSwitch) return location.reload();
    document.documentElement.lang = other;
    mountLanguageSwitch(button, other, onSwitch);
    onSwitch(other);
  };
}

function keep(locale: Locale): void {
  try {
    localStorage.setItem(storeKey, locale);
  } catch {
    // Storage may be forbidden; the language then lasts as long as the page.
  }
}

function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
