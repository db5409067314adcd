import { chooseLocale, mountLanguageSwitch } from "../../i18n/i18n.ts";

mountLanguageSwitch(document.getElementById("language") as HTMLElement, chooseLocale());
