// On pages that approve nothing: what was approved together on another page of this tab can be undone here too.
import { resume } from "./going.js";
import { bind } from "./keys.js";
import { newest } from "./toasts.js";

if (resume()) bind({ u: () => newest()?.ask() }, new Set(["u"]));
