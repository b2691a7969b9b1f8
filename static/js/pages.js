// What all pages but lists need besides: a list is the first page, and comes without it.

import "./composer.js";
import "./files.js";
import "./canned.js";
import "./notes.js";
import "./presence.js";
import "./drafts.js";
import "./late.js";
import "./viewer.js";
import "./profile.js";
import "./passkeys.js";
