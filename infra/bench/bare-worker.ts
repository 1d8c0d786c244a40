/** The least a Worker can do to serve an object: the baseline of the edge's bench. */

interface Environment {
  BUCKET: { get(key: string): Promise<{ body: ReadableStream } | null> };
}

export default {
  async fetch(request: Request, { BUCKET }: Environment): Promise<Response> {
    const object = await BUCKET.get(new URL(request.url).pathname.slice(1));
    if (object === null) return new Response(null, { status: 404 });
    return new Response(object.body, { headers: { "Content-Type": "application/json" } });
  },
};
