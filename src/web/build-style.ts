// Takes out of a minified stylesheet what a one-file page does not use: selectors of classes and elements
// that are not in it, and design tokens that nothing refers to. A class counts as used where its name
// occurs anywhere in the page's HTML or script, so it errs on the side of keeping. A token that has one value
// and ever will (no scene, media query or script sets it anew) is written where it is used.

/** @param page the page's HTML and script. */
export function withoutUnused(css: string, page: string): string {
  const spaced = withoutUnusedRules(css, page)
    .replace(/(?<=[\w%)])(?=var\()/g, " ")
    .replace(/(var\(--[\w-]+\))(?=[\w.#-])/g, "$1 ");
  return withoutUnusedTokens(withFixedTokens(spaced, page), page);
}

/** Innermost first: a token's value may be another token. */
function withFixedTokens(css: string, page: string): string {
  let rest = css;
  for (;;) {
    const declared = [...rest.matchAll(/(--[\w-]+):([^;{}]*)/g)].map(
      ([, name = "", value = ""]) => ({
        name,
        value,
      }),
    );
    const times = Map.groupBy(declared, ({ name }) => name);
    const fixed = declared.find(
      ({ name, value }) =>
        times.get(name)?.length === 1 &&
        !/var\(|^initial$/.test(value) &&
        !page.includes(name) &&
        rest.includes(`var(${name})`),
    );
    if (fixed === undefined) return rest;
    rest = rest.replaceAll(`var(${fixed.name})`, fixed.value);
  }
}

function withoutUnusedRules(css: string, page: string): string {
  const isUsed = (selector: string) => {
    const names = [...selector.matchAll(/[.:]([a-z][\w-]*)/gi)]
      .filter(([whole, name]) => whole.startsWith(".") || name === "disabled")
      .map(([, name = ""]) => name);
    const [tag] = /^[a-z]\w*$/.exec(selector) ?? [];
    const hasTag =
      tag === undefined || /^(html|body)$/.test(tag) || new RegExp(`[<"]${tag}[ >"]`).test(page);
    return hasTag && names.every((name) => page.includes(name));
  };
  return css.replace(/([^{}]+)(\{[^{}]*\})/g, (rule, selectors: string, body: string) => {
    // Commas inside brackets part no selectors; such rules are kept as they are.
    if (selectors.startsWith("@") || /\(.*,.*\)/.test(selectors)) return rule;
    const used = selectors.split(",").filter(isUsed);
    return used.length > 0 ? used.join(",") + body : "";
  });
}

/** Tokens may refer to one another: dropping one may free the next. */
function withoutUnusedTokens(css: string, page: string): string {
  let rest = css;
  for (;;) {
    const used = new Set([...rest.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
    const next = rest.replace(/(--[\w-]+):[^;{}]*(;|(?=\}))/g, (declaration, name: string) =>
      used.has(name) || page.includes(name) ? declaration : "",
    );
    if (next === rest) return next;
    rest = next;
  }
}
