import "./page/audio-element.ts";
import "./component/lemons-player.ts";
import "./embed/embed-element.ts";
import "./page/explanation-element.ts";
import "./page/page-players.ts";
import "./page/scoring-element.ts";

// Few visitors need these elements, so they load on demand.
if (document.querySelector("lemons-admin") !== null) {
  import("./admin/admin-element.ts").catch(reportError);
}
if (document.querySelector("lemons-upload, lemons-delete-song") !== null) {
  import("./song/song-elements.ts").catch(reportError);
}
