// Every page works without this file; each module adds a convenience to what stands there.
import { streamAnswers } from "./modules/ask.js";
import { ringBell } from "./modules/bell.js";
import { copyAnswers } from "./modules/copy.js";
import { countCharacters } from "./modules/counter.js";
import { openDialogs } from "./modules/dialog.js";
import { forgetCopiesOnSignOut } from "./modules/drafts.js";
import { enhanceEditors } from "./modules/editor.js";
import { listenForKeys } from "./modules/keys.js";
import { hearNewPosts } from "./modules/live.js";
import { offerPasskeys } from "./modules/passkey.js";
import { noteReading } from "./modules/reading.js";
import { reactInPlace } from "./modules/reactions.js";
import { listenForShortcuts } from "./modules/shortcut.js";

streamAnswers();
copyAnswers();
countCharacters();
openDialogs();
enhanceEditors();
forgetCopiesOnSignOut();
offerPasskeys();
listenForKeys();
listenForShortcuts();
reactInPlace();
ringBell();
hearNewPosts();
noteReading();
