// Takes out of a minified stylesheet what a one-file page does not use: rules for classes that are not
// in it, and design tokens that nothing refers to. A class counts as used where its name occurs
// anywhere in the page's HTML or script, so it errs on the side of keeping.

/** @param page the page's HTML and script. */
export function withoutUnused(css: string, page: string): string {
  return withoutUnusedTokens(withoutUnusedRules(css, page), page);
}

function withoutUnusedRules(css: string, page: string): string {
  return css.replace(/([^{}]+)\{[^{}]*\}/g, (rule, selectors: string) => {
    if (selectors.startsWith("@")) return rule;
    const isUsed = (selector: string) =>
      [...selector.matchAll(/\.([a-z][\w-]*)/gi)].every(([, name = ""]) => page.includes(name));
    return selectors.split(",").some(isUsed) ? rule : "";
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
