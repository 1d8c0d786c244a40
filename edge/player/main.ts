import "./audio-element.ts";
import "./explanation-element.ts";
import "./scoring-element.ts";
