import "./audio-element.ts";
import "./compared-players.ts";
import "./component/lemons-player.ts";
import "./embed/embed-element.ts";
import "./explanation-element.ts";
import "./explanation-tabs.ts";
import "./scoring-element.ts";
import "./song/delete-element.ts";
import "./song/upload-element.ts";

// Few ever see it: it is loaded where it is needed.
if (document.querySelector("lemons-admin") !== null) {
  import("./admin/admin-element.ts").catch(reportError);
}
