// What this tab could not save any more waits until somebody is logged in again.

import "./desk.js";
import { keepLonger } from "./lib/saver.js";

if (document.querySelector("[data-ended]")) keepLonger();
