import { ListenerProfile, ListenerRemoval } from "@lemons/shared/contract/listener";
import { RecommendationPage, TrackScorePage } from "@lemons/shared/contract/recommendation";
import { beforeAll, expect, it } from "vitest";
import { ask, makeKey, post, type Service, statusOf } from "./service.ts";

const SCORED_WITHIN_MS = 200_000;

const CHOSEN = {
  id: "me",
  name: "Me",
  taste: "Guitars",
  listens: [{ track: "gt01-rock-power-chords", plays: 5 }, { track: "megaglest-medieval" }],
};

type Key = { Authorization: string };

/** A private listener, from chosen tracks to recommendations and removal. */
export function testOwnListeners(service: Service): void {
  let mine: Key;
  let theirs: Key;
  let id: string;

  const as = (key: Key | null, path: string, method = "GET") =>
    ask(service, path, { method, ...(key && { headers: key }) });

  beforeAll(async () => {
    [mine, theirs] = await Promise.all([
      makeKey(service, ["read", "explain", "upload"]),
      makeKey(service, ["read", "explain", "upload"]),
    ]);
  });

  it("design 8: a listener is made from chosen tracks, a head fitted on stored features, in seconds", async () => {
    const made = await post(service, "/v1/listeners", CHOSEN, mine);
    expect(made.status).toBe(201);
    id = ListenerProfile.parse(await made.json()).id;
    expect(made.headers.get("Location")).toBe(`/v1/listeners/${id}`);
    const until = Date.now() + SCORED_WITHIN_MS;
    let status = 409;
    // Until the service has features of the chosen tracks.
    while (status === 409 && Date.now() < until) {
      status = await statusOf(await post(service, `/v1/listeners/${id}/head`, {}, mine));
      if (status === 409) await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    expect(status).toBe(201);
    const answer = await as(mine, `/v1/listeners/${id}/recommendations?limit=3`);
    const { recommendations, model } = RecommendationPage.parse(await answer.json());
    expect(model.listener).toBe(id);
    const heard = CHOSEN.listens.map(({ track }) => track);
    for (const { track } of recommendations) expect(heard).not.toContain(track.id);
  }, 240_000);

  it("OWASP API1: it exists for its key and for no other, in no list or error", async () => {
    for (const stranger of [theirs, null]) {
      for (const path of [
        `/v1/listeners/${id}`,
        `/v1/listeners/${id}/recommendations`,
        `/listeners/${id}`,
        `/embed/${id}/enigma-rag`,
      ]) {
        expect([path, await statusOf(await as(stranger, path))]).toEqual([path, 404]);
      }
      const asked = { listener: id, track: "enigma-rag", type: "time" };
      expect(await statusOf(await post(service, "/v1/explanations", asked, stranger ?? {}))).toBe(
        404,
      );
      const scores = await as(stranger, "/v1/tracks/enigma-rag/scores?limit=100");
      const page = TrackScorePage.parse(await scores.json());
      expect([...page.scores.map(({ listener }) => listener), ...page.missing]).not.toContain(id);
    }
    expect(await statusOf(await as(theirs, `/v1/listeners/${id}`, "DELETE"))).toBe(404);
    const seen = await as(mine, `/v1/listeners/${id}`);
    expect(seen.headers.get("Cache-Control")).toBe("private, no-store");
    expect(await statusOf(seen)).toBe(200);
  });

  it("design 2: its removal deletes its models and lists them", async () => {
    const removal = ListenerRemoval.parse(
      await (await as(mine, `/v1/listeners/${id}`, "DELETE")).json(),
    );
    expect(removal).toMatchObject({ listener: id, removed: { explanations: 0 } });
    expect(removal.removed.models).toBeGreaterThanOrEqual(1);
    expect(await statusOf(await as(mine, `/v1/listeners/${id}`))).toBe(404);
  });
}
