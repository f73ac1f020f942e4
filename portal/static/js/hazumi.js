/* Entry point: progressive enhancement of pages that work without it. Each module is one behaviour. */
import "./composing.js";
import "./toasts.js";
import "./sending.js";
import "./menus.js";
import "./dialogs.js";
import "./keys.js";
import "./copy.js";
import "./when.js";
import "./toggles.js";
import "./composer.js";
import "./mentions.js";
import "./drafts.js";
import "./attach.js";
import "./confirm.js";
import "./whats.js";
import "./windows.js";
import "./offline.js";
