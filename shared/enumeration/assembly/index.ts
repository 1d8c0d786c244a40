/** The functions that shared/enumeration/enumeration.ts calls. */
export { configure, statistics } from "./layout";
export { relevance } from "./sigmoid";
export { beginBase, beginStates, foldLeft, foldRight, settleStates } from "./states";
export { addRows, beginTally, endBlock, wholeLogit } from "./tally";
