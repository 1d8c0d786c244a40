/** Elements of the pages for uploaded songs, loaded on demand. */
import "./delete-element.ts";
import "./upload-element.ts";
