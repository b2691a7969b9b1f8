// What every page of the desk needs, lists among them. `collectstatic` puts each module in its place.

import "./desk.js";
import "./answers.js";
import "./keys.js";
import "./panes.js";
import "./bell.js";
import "./undo.js";
import "./menus.js";
import "./clocks.js";
import "./list.js";
import "./live.js";
import "./news.js";
