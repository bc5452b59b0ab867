// What our scripts say, in the reader's language. Texts are written in English, which is also their key; base.html
// brings the others before any other script.
const told = () => globalThis.amendsTexts ?? { form: (count) => Number(count !== 1), texts: {} };
const fill = (text, named) => text.replace(/%\((\w+)\)s/g, (_, name) => String(named[name]));

export const language = document.documentElement.lang || "en";
export const counted = (number, options = {}) => number.toLocaleString(language, options);

// t("Approved: %(author)s", { author })
export function t(text, named = {}) { return fill(told().texts[text] || text, named); }

// tc("wording", "Take it"): one English text that another language says in several ways; the context comes first
export function tc(context, text, named = {}) { return fill(told().texts[`${context}\x04${text}`] || told().texts[text] || text, named); }

// tn("%(num)s reply", "%(num)s replies", count)
export function tn(one, many, count, named = {}) {
  const { form, texts } = told(), forms = texts[one] ?? [one, many];
  return fill(forms[form(count)] ?? many, { num: counted(count), ...named });
}
