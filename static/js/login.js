// What this tab could not save waits until its user is logged in again.

import "./desk.js";
import "./passkeys.js";
import { keepLonger } from "./lib/saver.js";

if (document.querySelector("[data-ended]")) keepLonger();
