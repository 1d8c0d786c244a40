import { challenge } from "./challenge.ts";
import type { ProblemWords } from "./problem-words.ts";

/** What is wrong with links and embedding. */
export const SHARING_PROBLEMS = {
  "private-explanation": (facts: { id: string }): ProblemWords => ({
    status: 401,
    title: "This explanation is private",
    detail: `It is about somebody's own song. Whoever that is can make a link that shows it for a while (POST /v1/explanations/${facts.id}/links): ask for one.`,
    headers: { "WWW-Authenticate": challenge({}) },
  }),
  "not-private": (facts: { id: string }): ProblemWords => ({
    status: 409,
    title: "This explanation is everybody's",
    detail: `${facts.id} needs no signed link: /embed/${facts.id} and /e/${facts.id} show it to anybody.`,
  }),
  "link-expired": (facts: { at: string }): ProblemWords => ({
    status: 410,
    title: "This link has expired",
    detail: `It held until ${facts.at}. Whoever made it can make another, as long as the song is kept.`,
  }),
  "link-leads-nowhere": (): ProblemWords => ({
    status: 404,
    title: "This is no longer here",
    detail: "The song that this link showed has been deleted, or its time here is over.",
  }),
  "not-embeddable": (facts: { url: string }): ProblemWords => ({
    status: 404,
    title: "There is nothing to embed",
    detail: `${facts.url} is no page of an explanation here: /e/{id}, /embed/… and the pages of tracks are.`,
  }),
  "link-refused": (facts: { reason: string }): ProblemWords => ({
    status: 403,
    title: "The link is not valid",
    detail: facts.reason,
  }),
  "upload-refused": (facts: { status: 400 | 409 | 411 | 413; reason: string }): ProblemWords => ({
    status: facts.status,
    title: "The upload is refused",
    detail: facts.reason,
  }),
};
