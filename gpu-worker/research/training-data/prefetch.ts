/**
 * Does tasks in advance, but hands their results out in order: the stream does not depend on which
 * task is done first.
 *
 * @param ahead tasks under way at a time, at least 1
 * @returns results in the order of the tasks; ends early where the consumer does
 */
export async function* prefetch<Task, Result>(
  tasks: Iterable<Task>,
  ahead: number,
  perform: (task: Task) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const underWay: Promise<Result>[] = [];
  const begin = (task: Task) => {
    const result = perform(task);
    // Whoever takes its turn hears of a failure; until then it is no unhandled one.
    result.catch(() => {});
    underWay.push(result);
  };
  for (const task of tasks) {
    begin(task);
    if (underWay.length > ahead) yield await underWay.shift()!;
  }
  for (const result of underWay) yield await result;
}
