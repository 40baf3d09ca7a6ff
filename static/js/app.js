// One behaviour a file, attached by data attribute; every page works without them.
import "./dialogs.js";
import "./menus.js";
import "./toasts.js";
import "./selection.js";
import "./keys.js";
import "./palette.js";
import "./focus.js";
import "./theme.js";
import "./order.js";
import "./drop.js";
import "./copy.js";
import "./pick.js";
import "./board.js";
import "./submit.js";
import "./inline.js";
import "./narrow.js";
