// All of the desk in one script: `collectstatic` puts each module in its place.

import "./desk.js";
import "./answers.js";
import "./keys.js";
import "./panes.js";
import "./bell.js";
import "./sidebar.js";
import "./zone.js";
import "./undo.js";
import "./menus.js";
import "./clocks.js";
import "./list.js";
import "./composer.js";
import "./files.js";
import "./uploads.js";
import "./canned.js";
import "./notes.js";
import "./presence.js";
import "./drafts.js";
import "./questions.js";
import "./anchor.js";
import "./late.js";
import "./viewer.js";
import "./profile.js";
import "./canned_edit.js";
