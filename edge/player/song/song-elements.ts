/** What the pages about a visitor's own songs are made of. */
import "./delete-element.ts";
import "./upload-element.ts";
