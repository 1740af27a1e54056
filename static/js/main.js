// Every page works without this file; each module adds a convenience to what stands there.
import { streamAnswers } from "./modules/ask.js";
import { ringBell } from "./modules/bell.js";
import { copyAnswers } from "./modules/copy.js";
import { countCharacters } from "./modules/counter.js";
import { openDialogs } from "./modules/dialog.js";
import { enhanceEditors } from "./modules/editor.js";
import { listenForKeys } from "./modules/keys.js";
import { hearNewPosts } from "./modules/live.js";
import { offerPasskeys } from "./modules/passkey.js";
import { noteReading } from "./modules/reading.js";
import { reactInPlace } from "./modules/reactions.js";
import { offerUploads } from "./modules/uploads.js";
import { listenForShortcuts } from "./modules/shortcut.js";

streamAnswers();
copyAnswers();
countCharacters();
openDialogs();
enhanceEditors();
offerPasskeys();
listenForKeys();
listenForShortcuts();
reactInPlace();
offerUploads();
ringBell();
hearNewPosts();
noteReading();
